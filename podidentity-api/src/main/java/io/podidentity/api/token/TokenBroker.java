package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.telemetry.GuardedTelemetry;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Answers pods' token requests: which pod asks, which identity it may have, and the token for that
 * one. Any doubt ends in a refusal. Thread-safe.
 *
 * <p>A request that can be answered from memory is answered on the caller's thread, without I/O and
 * without a lock. One that must wait (for its pod to be known, for its identity to be assigned, for
 * the token service) holds no thread; the change that it waits for completes it. After a wait it is
 * looked again whose address it is and what that pod may have: tokens go to nobody but the pod that
 * asked, and only while they are its own.
 */
public final class TokenBroker implements AutoCloseable {
  private final Entitlements entitlements;
  private final NodeIdentityRule nodeIdentity;
  private final TokenFetcher tokens;
  private final Unanswered waiting = new Unanswered();
  private final Unanswered answers = new Unanswered();

  /** A broker over its parts, which tells nobody of what waits; it closes none of them. */
  public TokenBroker(
      PodDirectory pods,
      OperationMode mode,
      Exemptions exemptions,
      TokenFetcher tokens,
      HoldPolicy holds,
      Timer timer) {
    this(pods, mode, exemptions, tokens, holds, timer, Clock.systemUTC(), Telemetry.NOOP);
  }

  /**
   * A broker over its parts; it closes none of them.
   *
   * @param clock for what is told of waits; how long they are is the timer's business
   * @param telemetry is told of requests that wait
   */
  public TokenBroker(
      PodDirectory pods,
      OperationMode mode,
      Exemptions exemptions,
      TokenFetcher tokens,
      HoldPolicy holds,
      Timer timer,
      Clock clock,
      Telemetry telemetry) {
    this.tokens = requireNonNull(tokens, "tokens");
    this.entitlements =
        new Entitlements(
            new PodFinder(requireNonNull(pods, "pods"), timer, holds.untilPodIsKnown()),
            requireNonNull(mode, "mode"),
            new ExemptPods(requireNonNull(exemptions, "exemptions"), timer),
            holds,
            requireNonNull(timer, "timer"),
            new WaitReports(requireNonNull(clock, "clock"), GuardedTelemetry.of(telemetry)),
            waiting);
    this.nodeIdentity = new NodeIdentityRule(mode, exemptions.anyIdentity());
  }

  /**
   * Asks for a token.
   *
   * @return complete already if the answer was at hand; else completed by the thread that brings
   *     the change, the end of the hold or the token, so what depends on it should be short. It
   *     fails with a {@link PodIdentityException}; anything else is an error in a part. Cancelling
   *     it gives the request up.
   */
  public CompletableFuture<TokenGrant> request(TokenRequest request) {
    return answer(
        answer -> new PendingGrant(entitlements, nodeIdentity, tokens, request, answer).go());
  }

  /**
   * Tells which pod asks, for a request that is not for a token; held as one for a token is.
   *
   * @return as of {@link #request}
   */
  public CompletableFuture<Pod> podOf(Caller caller) {
    return answer(answer -> Steps.then(answer, entitlements.pod(caller), answer::complete));
  }

  private <A> CompletableFuture<A> answer(Consumer<CompletableFuture<A>> begin) {
    if (waiting.isClosed()) {
      return CompletableFuture.failedFuture(Unanswered.stopping());
    }
    CompletableFuture<A> answer = new CompletableFuture<>();
    Steps.attempt(answer, begin, answer);
    return answers.add(answer);
  }

  /**
   * Asks for a token and waits for the answer, on the caller's thread. That takes no longer than
   * the holds, {@link FetchLimits#longestWait()} and {@link FetchLimits#longestFetch()} together,
   * where a {@link FetchQueue} fetches and nothing changes meanwhile.
   *
   * @throws PodIdentityException if there is none; with {@code SHUTTING_DOWN} if the thread is
   *     interrupted, which it then still is
   */
  public TokenGrant requestBlocking(TokenRequest request) {
    CompletableFuture<TokenGrant> answer = request(request);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PodIdentityException refusal
          ? refusal
          : new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(false);
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "interrupted while waiting for a token", e);
    }
  }

  /**
   * Begins to close: refuses all requests that wait for their pod or their identity, and all that
   * come, with {@code SHUTTING_DOWN}. Those whose token is being fetched go on.
   */
  public void drain() {
    waiting.close();
  }

  /** Refuses all requests that have no answer yet, and all that come, likewise. */
  @Override
  public void close() {
    drain();
    answers.close();
  }
}
