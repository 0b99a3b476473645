package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource.Budget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The part of a {@link FetchQueue} that is about one service. Thread-safe. */
final class ServiceQueue {
  /**
   * A thousandth more, for a clock there that is faster. No more than a quick call takes: a pod for
   * which nothing is kept any more would wait longer than a second.
   */
  private static final Duration SECOND = Duration.ofMillis(1001);

  private final TokenService service;
  private final FetchLimits limits;
  private final SourceCalls source;
  private final Executor executor;
  private final Timer timer;
  private final Lane lane;
  private volatile boolean ended;

  ServiceQueue(
      TokenService service,
      FetchLimits limits,
      SourceCalls source,
      Executor executor,
      Timer timer) {
    this.service = service;
    this.limits = requireNonNull(limits, service.code());
    this.source = source;
    this.executor = requireNonNull(executor, "executor");
    this.timer = requireNonNull(timer, "timer");
    this.lane = new Lane(limits);
  }

  /** Has the flight made when its turn comes, or refused if that takes too long. */
  void submit(Flight flight, @Nullable NamespacedName pod) {
    join(flight, pod);
    if (!flight.outcome().isDone()) {
      Subscription end = timer.schedule(limits.longestWait(), () -> expire(flight));
      var unused = flight.outcome().whenComplete((tokens, error) -> end.close());
    }
  }

  /** Has a flight that is submitted already made in this pod's turn, if that comes first. */
  void join(Flight flight, @Nullable NamespacedName pod) {
    Flight tooMany = lane.enter(flight, pod);
    if (tooMany != null) {
      refuse(tooMany, "too many token requests wait for the token service");
    }
    proceed();
  }

  /** Nobody waits for the flight any more: if it has not begun, it never will. */
  void giveUp(Flight flight) {
    if (lane.leave(flight)) {
      report();
    }
  }

  private void expire(Flight flight) {
    if (lane.leave(flight)) {
      refuse(flight, "the token service is busy");
      report();
    }
  }

  /** Begins what may begin. No lock is held while others' code runs. */
  private void proceed() {
    for (Lane.Turn turn = lane.next(); turn != null; turn = lane.next()) {
      begin(turn);
    }
    report();
  }

  private void begin(Lane.Turn turn) {
    try {
      if (ended) {
        throw new RejectedExecutionException("the timer has ended");
      }
      executor.execute(() -> call(turn));
    } catch (RejectedExecutionException e) {
      unasked(turn);
      refuse(turn.flight(), "too many tokens are being fetched");
    } catch (RuntimeException | Error e) {
      // An executor may refuse in its own way. Others may wait for this flight already.
      unasked(turn);
      turn.flight().outcome().completeExceptionally(e);
    }
  }

  private void unasked(Lane.Turn turn) {
    lane.done(turn);
    lane.secondPassed(turn.line());
  }

  private void call(Lane.Turn turn) {
    Flight flight = turn.flight();
    Calls budget = new Calls(turn);
    Subscription bound = () -> {};
    List<AccessToken> tokens = null;
    Throwable failure = null;
    try {
      bound = bound(flight);
      tokens = source.ask(flight, budget);
    } catch (RuntimeException | Error e) {
      failure = e;
      if (e instanceof PodIdentityException refusal && !flight.wasTurnedAway(e)) {
        rest(refusal);
      }
    }
    bound.close();
    lane.done(turn);
    budget.end();
    try {
      // First, because whoever waits for the outcome may take its time over it.
      proceed();
    } finally {
      // What comes of one that is given up is nobody's, and may be here before it is told so.
      if (!flight.isGivenUp()) {
        end(flight, tokens, failure);
      }
    }
  }

  private static void end(
      Flight flight, @Nullable List<AccessToken> tokens, @Nullable Throwable failure) {
    if (tokens != null) {
      flight.outcome().complete(tokens);
    } else {
      flight.outcome().completeExceptionally(requireNonNull(failure));
    }
  }

  /** Gives the flight up if it takes too long. Its turn lasts until its source has ended. */
  private Subscription bound(Flight flight) {
    try {
      return timer.schedule(limits.longestFetch(), () -> giveUpOn(flight));
    } catch (RejectedExecutionException e) {
      // At the end of the program, which interrupts it.
      ended = true;
      return () -> {};
    }
  }

  private void giveUpOn(Flight flight) {
    if (flight.giveUp()) {
      PodIdentityException refusal =
          new PodIdentityException(
              ErrorReason.TOKEN_UNAVAILABLE,
              "no token came within %d s; ask again in a moment"
                  .formatted(limits.longestFetch().toSeconds()));
      source.gaveUp(flight, refusal);
      flight.outcome().completeExceptionally(refusal);
    }
  }

  /** What one fetch that has begun may ask the service. Its first call is counted. */
  private final class Calls implements Budget {
    private final Lane.Turn turn;

    /** Whether a call is counted that may not have ended. */
    private boolean open = true;

    Calls(Lane.Turn turn) {
      this.turn = turn;
    }

    @Override
    public synchronized void takeAnother() {
      Flight flight = turn.flight();
      Instant start = source.clock().instant();
      end();
      if (ended) {
        throw flight.turnedAway(
            new PodIdentityException(ErrorReason.SHUTTING_DOWN, "no more tokens are fetched"));
      }
      try {
        open = lane.takeAnother(turn.line(), limits.longestWait());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw flight.turnedAway(
            new PodIdentityException(
                ErrorReason.SHUTTING_DOWN, "gave up waiting for the token service", e));
      }
      flight.heldUp(flight.heldUp().plus(Duration.between(start, source.clock().instant())));
      if (!open) {
        throw flight.turnedAway(busy("the token service is busy"));
      }
    }

    /** No call is under way. */
    synchronized void end() {
      if (open) {
        open = false;
        spend(turn.line());
      }
    }
  }

  /**
   * The service counts a call at some time between its beginning and its end here; a second after
   * the end it has surely left the service's second.
   */
  private void spend(Line line) {
    if (limits.perSecond() == 0) {
      lane.secondPassed(line);
      return;
    }
    try {
      var unused = timer.schedule(SECOND, () -> secondPassed(line));
    } catch (RejectedExecutionException e) {
      // At the end of the program. What waits would wait for ever.
      ended = true;
    }
  }

  private void secondPassed(Line line) {
    lane.secondPassed(line);
    proceed();
  }

  /** A service that is asked too often is asked for nobody for a while. */
  private void rest(PodIdentityException refusal) {
    Duration longest = limits.longestRest();
    Duration said = refusal.retryAfter().orElse(SECOND);
    Duration rest = said.compareTo(longest) < 0 ? said : longest;
    if (refusal.reason() == ErrorReason.TOKEN_THROTTLED && !rest.isZero() && !rest.isNegative()) {
      lane.rest();
      try {
        var unused = timer.schedule(rest, this::restEnded);
      } catch (RejectedExecutionException e) {
        ended = true;
        lane.restEnded();
      }
    }
  }

  private void restEnded() {
    lane.restEnded();
    proceed();
  }

  private void refuse(Flight flight, String why) {
    source.telemetry().tokenFetchRefused(flight.query());
    flight.outcome().completeExceptionally(busy(why));
  }

  private PodIdentityException busy(String why) {
    return new PodIdentityException(
        ErrorReason.TOKEN_THROTTLED, why + "; ask again in a moment", untilFree(), null);
  }

  /** How long what waits now will take: who comes sooner is refused again. */
  private Duration untilFree() {
    int perSecond = limits.perSecond();
    return Duration.ofSeconds(perSecond == 0 ? 1 : 1 + lane.load().waiting() / perSecond);
  }

  private void report() {
    Lane.Load load = lane.load();
    source.telemetry().tokenFetches(service, load.waiting(), load.underWay());
  }
}
