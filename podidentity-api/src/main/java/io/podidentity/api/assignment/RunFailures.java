package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What went wrong in one run. Failures of records may be added by several threads. */
final class RunFailures {
  private final Telemetry telemetry;
  private final AtomicInteger count = new AtomicInteger();
  private @Nullable PodIdentityException unavailable;

  RunFailures(Telemetry telemetry) {
    this.telemetry = telemetry;
  }

  /** A record could not be written. */
  void ofRecord() {
    count.incrementAndGet();
  }

  /** The target could not be read or changed. */
  void ofTarget(ComputeTarget target, PodIdentityException error) {
    if (error.reason() != ErrorReason.TARGET_REJECTED) {
      count.incrementAndGet();
    }
    if (error.reason() == ErrorReason.TARGET_UNAVAILABLE) {
      unavailable = error;
    }
    telemetry.targetFailed(target, error);
  }

  /**
   * Once Azure asked to be left alone, or could not be reached, it is not asked again in this run;
   * null until then.
   */
  @Nullable PodIdentityException unavailable() {
    return unavailable;
  }

  ReconcileReport report(@Nullable Duration heldFor) {
    return new ReconcileReport(
        count.get(),
        unavailable != null,
        unavailable == null ? null : unavailable.retryAfter().orElse(null),
        heldFor);
  }
}
