package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.telemetry.GuardedTelemetry;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Spends what the token services serve: fetches wait for their turn, each pod in a line of its own,
 * and begin as the services' limits allow. One that finds too many waiting, or waits too long,
 * fails with {@code TOKEN_THROTTLED} and advice on when to ask again. One that takes several calls
 * ({@link TokenSource.Budget}) waits for each. By itself it asks the source each time. Thread-safe.
 */
public final class FetchQueue implements TokenFetcher {
  private final Clock clock;
  private final Map<TokenService, ServiceQueue> queues = new EnumMap<>(TokenService.class);

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
    this.clock = requireNonNull(clock, "clock");
    SourceCalls calls = new SourceCalls(source, clock, GuardedTelemetry.of(telemetry));
    for (TokenService service : TokenService.values()) {
      FetchLimits its = requireNonNull(limits.get(service), service.code());
      queues.put(service, new ServiceQueue(service, its, calls, executor, timer));
    }
  }

  @Override
  public CompletableFuture<List<AccessToken>> fetch(TokenQuery query, NamespacedName pod) {
    Flight flight = Flight.once(query, clock.instant());
    var unused = flight.outcome().whenComplete((tokens, error) -> queue(flight).giveUp(flight));
    submit(flight, pod);
    return flight.outcome();
  }

  /**
   * Has the flight made when its turn comes.
   *
   * @param pod null for a refresh, which nobody waits for
   */
  void submit(Flight flight, @Nullable NamespacedName pod) {
    queue(flight).submit(flight, pod);
  }

  /** Has a flight that is submitted already made in this pod's turn, if that comes first. */
  void join(Flight flight, @Nullable NamespacedName pod) {
    queue(flight).join(flight, pod);
  }

  private ServiceQueue queue(Flight flight) {
    return requireNonNull(queues.get(flight.query().service()));
  }
}
