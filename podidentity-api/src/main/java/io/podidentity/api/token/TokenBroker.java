package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.Selection;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.token.EventWait.Look;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers pods' token requests: which pod asks, which identity it may have, and the token for that
 * one. Any doubt ends in a refusal. Thread-safe.
 *
 * <p>A request that can be answered from memory is answered on the caller's thread, without I/O and
 * without a lock. One that must wait (for its pod to be known, for its identity to be assigned, for
 * the token service) holds no thread; the change that it waits for completes it.
 */
public final class TokenBroker implements AutoCloseable {
  private final PodFinder pods;
  private final OperationMode mode;
  private final ExemptPods exemptPods;
  private final NodeIdentityRule nodeIdentity;
  private final TokenFetcher tokens;
  private final HoldPolicy holds;
  private final Timer timer;
  private final WaitReports waits;
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
    this.mode = requireNonNull(mode, "mode");
    this.tokens = requireNonNull(tokens, "tokens");
    this.holds = requireNonNull(holds, "holds");
    this.timer = requireNonNull(timer, "timer");
    this.waits =
        new WaitReports(requireNonNull(clock, "clock"), requireNonNull(telemetry, "telemetry"));
    this.pods = new PodFinder(requireNonNull(pods, "pods"), timer, holds.untilPodIsKnown());
    this.exemptPods = new ExemptPods(requireNonNull(exemptions, "exemptions"), timer);
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
    return answer(answer -> grant(answer, request));
  }

  /**
   * Tells which pod asks, for a request that is not for a token; held as one for a token is.
   *
   * @return as of {@link #request}
   */
  public CompletableFuture<Pod> podOf(Caller caller) {
    return answer(answer -> then(answer, find(caller), answer::complete));
  }

  private CompletableFuture<Pod> find(Caller caller) {
    return wait(WaitReason.POD, pods.find(caller));
  }

  /** A step that news complete: when they will come, if at all, nobody knows. */
  private <T> CompletableFuture<T> wait(WaitReason reason, CompletableFuture<T> step) {
    return waiting.add(waits.report(reason, step));
  }

  private <A> CompletableFuture<A> answer(Consumer<CompletableFuture<A>> begin) {
    if (waiting.isClosed()) {
      return CompletableFuture.failedFuture(Unanswered.stopping());
    }
    CompletableFuture<A> answer = new CompletableFuture<>();
    attempt(answer, begin, answer);
    return answers.add(answer);
  }

  /**
   * Asks for a token and waits for the answer, on the caller's thread.
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

  private void grant(CompletableFuture<TokenGrant> answer, TokenRequest request) {
    CompletableFuture<Pod> pod = find(request.caller());
    if (isThere(pod)) {
      grant(answer, request, pod.join());
    } else {
      then(answer, pod, found -> grant(answer, request, found));
    }
  }

  private void grant(CompletableFuture<TokenGrant> answer, TokenRequest request, Pod pod) {
    if (request.caller() instanceof Caller.ByAddress) {
      CompletableFuture<ExemptPods.Kind> why = exemptPods.of(pod);
      if (isThere(why)) {
        grant(answer, request, pod, why.join());
      } else {
        then(answer, why, known -> grant(answer, request, pod, known));
      }
    } else {
      grant(answer, request, pod, ExemptPods.Kind.NONE);
    }
  }

  private void grant(
      CompletableFuture<TokenGrant> answer, TokenRequest request, Pod pod, ExemptPods.Kind why) {
    if (why != ExemptPods.Kind.NONE) {
      grantOfNode(answer, request, pod, why);
      return;
    }
    CompletableFuture<AzureIdentity> identity =
        wait(WaitReason.IDENTITY, findIdentity(pod, request.choice()));
    if (isThere(identity)) {
      grantBound(answer, request, pod, identity.join());
    } else {
      then(answer, identity, found -> grantHeld(answer, request, pod, found));
    }
  }

  /** After a wait the pod that asked may be gone, and its address or its name another one's. */
  private void grantHeld(
      CompletableFuture<TokenGrant> answer, TokenRequest request, Pod pod, AzureIdentity identity) {
    then(
        answer,
        find(request.caller()),
        now -> {
          if (!now.name().equals(pod.name()) || !now.uid().equals(pod.uid())) {
            throw new PodIdentityException(
                ErrorReason.POD_NOT_FOUND,
                "pod %s, which asked, is gone; its address or name is that of another one now"
                    .formatted(pod.name()));
          }
          grantBound(answer, request, pod, identity);
        });
  }

  private CompletableFuture<AzureIdentity> findIdentity(Pod pod, IdentityChoice choice) {
    SoughtIdentity sought = new SoughtIdentity(mode, holds, pod, choice);
    return EventWait.until(sought, sought, timer, holds.untilRecorded(), holds.untilAssigned());
  }

  /** How to look for the identity of a request, and where to learn of changes. */
  private record SoughtIdentity(
      OperationMode mode, HoldPolicy holds, Pod pod, IdentityChoice choice)
      implements Supplier<Look<AzureIdentity>>, Function<Runnable, Subscription> {
    @Override
    public Look<AzureIdentity> get() {
      Selection selection = mode.select(pod, choice);
      if (selection instanceof Selection.Chosen chosen) {
        return new EventWait.Ready<>(chosen.identity());
      }
      if (selection instanceof Selection.NotYet notYet) {
        return new EventWait.Undecided<>(
            notYet.refusal(), notYet.recorded() ? holds.untilAssigned() : holds.untilRecorded());
      }
      return new EventWait.Refused<>(((Selection.Refused) selection).refusal());
    }

    @Override
    public Subscription apply(Runnable wake) {
      return mode.onChange(pod, wake);
    }
  }

  private void grantBound(
      CompletableFuture<TokenGrant> answer, TokenRequest request, Pod pod, AzureIdentity identity) {
    TokenQuery query = new TokenQuery(new TokenQuery.Bound(identity), request.resource());
    CompletableFuture<List<AccessToken>> fetched = tokens.fetch(query, pod.name());
    if (isThere(fetched)) {
      answer.complete(grantOf(pod, identity, fetched.join()));
    } else {
      then(answer, fetched, list -> answer.complete(grantOf(pod, identity, list)));
    }
  }

  private static TokenGrant grantOf(Pod pod, AzureIdentity identity, List<AccessToken> tokens) {
    return new TokenGrant(pod.name(), identity.credential().clientId(), tokens);
  }

  /** The one case in which a pod is given the node's identity: it is exempt. */
  private void grantOfNode(
      CompletableFuture<TokenGrant> answer, TokenRequest request, Pod pod, ExemptPods.Kind why) {
    nodeIdentity.check(pod, why, request.choice());
    TokenQuery query = new TokenQuery(new TokenQuery.OfNode(request.choice()), request.resource());
    then(
        answer,
        tokens.fetch(query, pod.name()),
        list -> {
          nodeIdentity.check(pod, why, request.choice(), list);
          answer.complete(new TokenGrant(pod.name(), request.choice().clientId(), list));
        });
  }

  /**
   * Whether a step has its value. Nearly every request finds all of them, and goes on without what
   * a wait needs: in the first compiler tier that costs as much as all the rest.
   */
  private static boolean isThere(CompletableFuture<?> step) {
    return step.isDone() && !step.isCompletedExceptionally();
  }

  /**
   * Goes on with a step's value, on this thread if it is there already. A failure of the step, or
   * of what follows, is the answer's; an answer that is complete (cancelled, closed) ends the step.
   */
  private static <T> void then(
      CompletableFuture<?> answer, CompletableFuture<T> step, Consumer<T> next) {
    if (!step.isDone()) {
      var unused = answer.whenComplete((grant, error) -> step.cancel(false));
    }
    var unused =
        step.whenComplete(
            (value, error) -> {
              if (error != null) {
                answer.completeExceptionally(unwrap(error));
              } else {
                attempt(answer, next, value);
              }
            });
  }

  /** An error must end the request: whoever waits for it would wait for ever. */
  private static <T> void attempt(CompletableFuture<?> answer, Consumer<T> step, T value) {
    try {
      step.accept(value);
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  private static Throwable unwrap(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
