package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Spends what the token services serve: fetches wait for their turn, each pod in a line of its own,
 * and begin as the services' limits allow. One that finds too many waiting, or waits too long,
 * fails with {@code TOKEN_THROTTLED} and advice on when to ask again. By itself it asks the source
 * each time. Thread-safe.
 */
public final class FetchQueue implements TokenFetcher {
  /** A little more, for a clock there that is faster. */
  private static final Duration SECOND = Duration.ofMillis(1010);

  private final TokenSource source;
  private final Executor executor;
  private final Timer timer;
  private final Clock clock;
  private final Telemetry telemetry;
  private final Map<TokenService, FetchLimits> limits;
  private final Map<TokenService, Lane> lanes = new EnumMap<>(TokenService.class);
  private volatile boolean ended;

  /**
   * A queue in front of a source.
   *
   * @param executor where the source's blocking calls run; needs as many threads as the limits
   *     allow at once, and no queue of its own
   * @param limits one for each service
   */
  public FetchQueue(
      TokenSource source,
      Executor executor,
      Timer timer,
      Clock clock,
      Map<TokenService, FetchLimits> limits,
      Telemetry telemetry) {
    this.source = requireNonNull(source, "source");
    this.executor = requireNonNull(executor, "executor");
    this.timer = requireNonNull(timer, "timer");
    this.clock = requireNonNull(clock, "clock");
    this.telemetry = requireNonNull(telemetry, "telemetry");
    this.limits = Map.copyOf(limits);
    for (TokenService service : TokenService.values()) {
      lanes.put(service, new Lane(requireNonNull(this.limits.get(service), service.code())));
    }
  }

  @Override
  public CompletableFuture<List<AccessToken>> fetch(TokenQuery query, NamespacedName pod) {
    Flight flight = Flight.once(query, clock.instant());
    var unused = flight.outcome().whenComplete((tokens, error) -> giveUp(flight));
    submit(flight, pod);
    return flight.outcome();
  }

  /**
   * Has the flight made when its turn comes.
   *
   * @param pod null for a refresh, which nobody waits for
   */
  void submit(Flight flight, @Nullable NamespacedName pod) {
    TokenService service = flight.query().service();
    join(flight, pod);
    if (!flight.outcome().isDone()) {
      Subscription end =
          timer.schedule(limits(service).longestWait(), () -> expire(service, flight));
      var unused = flight.outcome().whenComplete((tokens, error) -> end.close());
    }
  }

  /** Has a flight that is submitted already made in this pod's turn, if that comes first. */
  void join(Flight flight, @Nullable NamespacedName pod) {
    TokenService service = flight.query().service();
    Flight tooMany = lane(service).enter(flight, pod);
    if (tooMany != null) {
      refuse(tooMany, "too many token requests wait for the token service");
    }
    proceed(service);
  }

  private void giveUp(Flight flight) {
    TokenService service = flight.query().service();
    if (lane(service).leave(flight)) {
      report(service);
    }
  }

  private void expire(TokenService service, Flight flight) {
    if (lane(service).leave(flight)) {
      refuse(flight, "the token service is busy");
      report(service);
    }
  }

  /** Begins what may begin. No lock is held while others' code runs. */
  private void proceed(TokenService service) {
    Lane lane = lane(service);
    for (Lane.Turn turn = lane.next(); turn != null; turn = lane.next()) {
      begin(service, turn);
    }
    report(service);
  }

  private void begin(TokenService service, Lane.Turn turn) {
    try {
      if (ended) {
        throw new RejectedExecutionException("the timer has ended");
      }
      executor.execute(() -> call(service, turn));
    } catch (RejectedExecutionException e) {
      unasked(service, turn);
      refuse(turn.flight(), "too many tokens are being fetched");
    } catch (RuntimeException | Error e) {
      // An executor may refuse in its own way. Others may wait for this flight already.
      unasked(service, turn);
      turn.flight().outcome().completeExceptionally(e);
    }
  }

  private void unasked(TokenService service, Lane.Turn turn) {
    lane(service).done(turn);
    lane(service).secondPassed();
  }

  private void call(TokenService service, Lane.Turn turn) {
    Flight flight = turn.flight();
    List<AccessToken> tokens = null;
    Throwable failure = null;
    try {
      tokens = ask(service, flight);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    lane(service).done(turn);
    spend(service);
    if (tokens != null) {
      flight.outcome().complete(tokens);
    } else {
      flight.outcome().completeExceptionally(requireNonNull(failure));
    }
    proceed(service);
  }

  /**
   * The service counts a call at some time between its beginning and its end here; a second after
   * the end it has surely left the service's second.
   */
  private void spend(TokenService service) {
    if (limits(service).perSecond() == 0) {
      return;
    }
    try {
      var unused = timer.schedule(SECOND, () -> secondPassed(service));
    } catch (RejectedExecutionException e) {
      // At the end of the program. What waits would wait for ever.
      ended = true;
    }
  }

  private void secondPassed(TokenService service) {
    lane(service).secondPassed();
    proceed(service);
  }

  private List<AccessToken> ask(TokenService service, Flight flight) {
    CachedTokens known = flight.known();
    // A pod that waits for it finds those too old.
    if (known != null && !flight.isWanted() && isStillBy(known, flight.query())) {
      return known.tokens();
    }
    Instant start = clock.instant();
    Duration waited = Duration.between(flight.since(), start);
    flight.ask();
    try {
      if (flight.isToBeKept()) {
        // Before it is used: if it changes in between, it is looked at once more and not once less.
        flight.fingerprint(source.fingerprint(flight.query()));
      }
      List<AccessToken> tokens = List.copyOf(source.fetch(flight.query()));
      if (tokens.isEmpty()) {
        throw new IllegalStateException("the token source gave no token and no reason");
      }
      telemetry.tokenFetched(flight.query(), waited, Duration.between(start, clock.instant()));
      return tokens;
    } catch (RuntimeException e) {
      Duration took = Duration.between(start, clock.instant());
      telemetry.tokenFetchFailed(flight.query(), waited, took, e);
      if (e instanceof PodIdentityException refusal) {
        rest(service, refusal);
      }
      throw e;
    }
  }

  /** One that cannot be told now is looked at another time. */
  private boolean isStillBy(CachedTokens known, TokenQuery query) {
    try {
      return source.fingerprint(query).equals(known.fingerprint());
    } catch (PodIdentityException e) {
      return e.reason().isTransient();
    }
  }

  /** A service that is asked too often is asked for nobody for a while. */
  private void rest(TokenService service, PodIdentityException refusal) {
    Duration longest = limits(service).longestRest();
    Duration said = refusal.retryAfter().orElse(SECOND);
    Duration rest = said.compareTo(longest) < 0 ? said : longest;
    if (refusal.reason() == ErrorReason.TOKEN_THROTTLED && !rest.isZero() && !rest.isNegative()) {
      Lane lane = lane(service);
      lane.rest();
      var unused =
          timer.schedule(
              rest,
              () -> {
                lane.restEnded();
                proceed(service);
              });
    }
  }

  private void refuse(Flight flight, String why) {
    TokenService service = flight.query().service();
    telemetry.tokenFetchRefused(flight.query());
    flight
        .outcome()
        .completeExceptionally(
            new PodIdentityException(
                ErrorReason.TOKEN_THROTTLED,
                why + "; ask again in a moment",
                untilFree(service),
                null));
  }

  /** How long what waits now will take: who comes sooner is refused again. */
  private Duration untilFree(TokenService service) {
    int perSecond = limits(service).perSecond();
    int waiting = lane(service).load().waiting();
    return Duration.ofSeconds(perSecond == 0 ? 1 : 1 + waiting / perSecond);
  }

  private void report(TokenService service) {
    Lane.Load load = lane(service).load();
    telemetry.tokenFetches(service, load.waiting(), load.underWay());
  }

  private Lane lane(TokenService service) {
    return requireNonNull(lanes.get(service));
  }

  private FetchLimits limits(TokenService service) {
    return requireNonNull(limits.get(service));
  }
}
