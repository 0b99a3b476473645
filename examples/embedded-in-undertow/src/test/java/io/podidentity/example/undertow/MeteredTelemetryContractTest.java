package io.podidentity.example.undertow;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.podidentity.testkit.contract.TelemetryContract;

final class MeteredTelemetryContractTest extends TelemetryContract {
  private final MeteredTelemetry telemetry = new MeteredTelemetry(new SimpleMeterRegistry());

  @Override
  protected MeteredTelemetry telemetry() {
    return telemetry;
  }
}
