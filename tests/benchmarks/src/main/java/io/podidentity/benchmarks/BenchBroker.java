package io.podidentity.benchmarks;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.token.CacheBounds;
import io.podidentity.api.token.CachingTokenSource;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.FetchQueue;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenRequest;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.ManualTimer;
import io.podidentity.testkit.MutableClock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The token broker with its cache and its queue, over pods in memory, a token source that answers
 * at once, and a clock that is moved.
 */
final class BenchBroker {
  /** As many as NMI keeps by default. */
  private static final int CACHE = 2_000;

  /** The length of a token that Entra issues for a managed identity. */
  private static final int TOKEN = 1600;

  private static final Duration LIFE = Duration.ofHours(24);

  final InMemoryCluster cluster = new InMemoryCluster();
  final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  final ManualTimer timer = new ManualTimer(clock);
  final TokenBroker broker =
      new TokenBroker(
          cluster,
          OperationMode.standard(cluster, Set::of, false),
          Exemptions.of(cluster),
          new CachingTokenSource(
              new FetchQueue(
                  this::token,
                  Runnable::run,
                  timer,
                  clock,
                  Map.of(
                      TokenService.IMDS, FetchLimits.IMDS, TokenService.ENTRA, FetchLimits.ENTRA),
                  Telemetry.NOOP),
              clock,
              timer,
              CacheBounds.of(CACHE),
              Telemetry.NOOP),
          new HoldPolicy(Duration.ofMillis(1200), Duration.ofSeconds(80), Duration.ofSeconds(100)),
          timer);

  /** What a pod asks for. */
  static TokenRequest request(InetAddress pod) {
    return new TokenRequest(new Caller.ByAddress(pod), IdentityChoice.ANY, BenchNode.RESOURCE);
  }

  private List<AccessToken> token(TokenQuery query) {
    Instant now = clock.instant();
    // One text for each, as from the network.
    return List.of(new AccessToken("x".repeat(TOKEN), now.plus(LIFE), now, query.resource()));
  }
}
