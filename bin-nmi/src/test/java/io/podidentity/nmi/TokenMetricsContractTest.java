package io.podidentity.nmi;

import io.podidentity.bin.metrics.MetricRegistry;
import io.podidentity.bin.metrics.V1Metrics;
import io.podidentity.testkit.contract.TelemetryContract;

final class TokenMetricsContractTest extends TelemetryContract {
  private final MetricRegistry registry = new MetricRegistry();
  private final TokenMetrics metrics = new TokenMetrics(registry, new V1Metrics(registry));

  @Override
  protected TokenMetrics telemetry() {
    return metrics;
  }
}
