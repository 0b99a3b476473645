package io.podidentity.mic;

import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.contract.TelemetryContract;
import java.time.Clock;

final class LoggedTelemetryContractTest extends TelemetryContract {
  private final LoggedTelemetry telemetry = new LoggedTelemetry(Telemetry.NOOP, Clock.systemUTC());

  @Override
  protected LoggedTelemetry telemetry() {
    return telemetry;
  }
}
