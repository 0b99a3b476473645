package io.podidentity.api.embed;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.token.CacheBounds;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.HoldPolicy;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an {@link EmbeddedBroker} can be told. Immutable.
 *
 * @param holds how long requests wait for what they need
 * @param limits what the token services serve, one for each
 * @param cache how many tokens are kept
 * @param clock by which tokens expire
 * @param telemetry is told what happens
 */
public record EmbedSettings(
    HoldPolicy holds,
    Map<TokenService, FetchLimits> limits,
    CacheBounds cache,
    Clock clock,
    Telemetry telemetry) {
  /** Copies the limits; refuses them if a token service has none. */
  public EmbedSettings {
    requireNonNull(holds, "holds");
    requireNonNull(cache, "cache");
    requireNonNull(clock, "clock");
    requireNonNull(telemetry, "telemetry");
    limits = Map.copyOf(limits);
    for (TokenService service : TokenService.values()) {
      if (!limits.containsKey(service)) {
        throw new IllegalArgumentException("no limits for " + service.code());
      }
    }
  }

  /**
   * {@link HoldPolicy#DEFAULT}, the limits of Azure's services, 10,000 tokens, the system's clock,
   * and nobody is told.
   */
  public static EmbedSettings defaults() {
    return new EmbedSettings(
        HoldPolicy.DEFAULT,
        Map.of(TokenService.IMDS, FetchLimits.IMDS, TokenService.ENTRA, FetchLimits.ENTRA),
        CacheBounds.of(10_000),
        Clock.systemUTC(),
        Telemetry.NOOP);
  }

  /** The same with other holds. */
  public EmbedSettings withHolds(HoldPolicy newHolds) {
    return new EmbedSettings(newHolds, limits, cache, clock, telemetry);
  }

  /**
   * The same with other limits of the token services that are named, say of a source that serves
   * more than Azure's.
   */
  public EmbedSettings withLimits(Map<TokenService, FetchLimits> newLimits) {
    Map<TokenService, FetchLimits> all = new EnumMap<>(TokenService.class);
    all.putAll(limits);
    all.putAll(newLimits);
    return new EmbedSettings(holds, all, cache, clock, telemetry);
  }

  /** The same with another number of tokens, or room for them. */
  public EmbedSettings withCache(CacheBounds newCache) {
    return new EmbedSettings(holds, limits, newCache, clock, telemetry);
  }

  /** The same by another clock. */
  public EmbedSettings withClock(Clock newClock) {
    return new EmbedSettings(holds, limits, cache, newClock, telemetry);
  }

  /** The same with another listener. */
  public EmbedSettings withTelemetry(Telemetry newTelemetry) {
    return new EmbedSettings(holds, limits, cache, clock, newTelemetry);
  }
}
