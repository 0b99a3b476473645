package io.podidentity.example.undertow;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.util.Locale;

/** What the broker reports, as Micrometer's meters. Nothing of a request is in a tag. */
// snippet: telemetry
final class MeteredTelemetry implements Telemetry {
  private final MeterRegistry meters;

  MeteredTelemetry(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public void tokenCache(TokenCacheEvent event) {
    meters.counter("token.cache", "event", event.name().toLowerCase(Locale.ROOT)).increment();
  }

  @Override
  public void tokenFetched(TokenQuery query, Duration waited, Duration took) {
    fetch(query, "ok").record(took);
  }

  @Override
  public void tokenFetchFailed(
      TokenQuery query, Duration waited, Duration took, RuntimeException error) {
    fetch(query, "failed").record(took);
  }

  @Override
  public void requestWaits(WaitReason reason) {
    meters.counter("token.waits", "reason", reason.name().toLowerCase(Locale.ROOT)).increment();
  }

  @Override
  public void requestWaited(WaitReason reason, Duration took) {
    meters.timer("token.wait", "reason", reason.name().toLowerCase(Locale.ROOT)).record(took);
  }

  private Timer fetch(TokenQuery query, String outcome) {
    return meters.timer("token.fetch", "service", query.service().code(), "outcome", outcome);
  }
}
// end
