package io.podidentity.mic;

import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.contract.TelemetryContract;

final class MicMetricsContractTest extends TelemetryContract {
  private final MicMetrics metrics = new MicMetrics(Telemetry.NOOP);

  @Override
  protected MicMetrics telemetry() {
    return metrics;
  }
}
