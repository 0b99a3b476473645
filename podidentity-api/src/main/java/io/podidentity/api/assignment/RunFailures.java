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

  /** It could not be found out what is on the target. */
  void ofLook(ComputeTarget target, PodIdentityException error) {
    add(target, error, true);
  }

  /**
   * The target could not be changed. What is refused is as a rule the fault of an identity, and
   * needs no rest of the target.
   */
  void ofChange(ComputeTarget target, PodIdentityException error) {
    boolean refused = error.reason() == ErrorReason.TARGET_REJECTED;
    add(target, error, !refused || error.blamed().contains(target.id().lowerCase()));
  }

  private void add(ComputeTarget target, PodIdentityException error, boolean ofTarget) {
    if (ofTarget) {
      count.incrementAndGet();
      if (error.reason() == ErrorReason.TARGET_UNAVAILABLE
          || error.reason() == ErrorReason.TARGET_REJECTED) {
        unavailable = error;
      }
    }
    telemetry.targetFailed(target, error);
  }

  /**
   * Once Azure asked to be left alone, could not be reached, or refused to have anything to do with
   * the target, it is not asked again in this run; null until then.
   */
  @Nullable PodIdentityException unavailable() {
    return unavailable;
  }

  ReconcileReport report(@Nullable Duration heldFor) {
    // What is refused may be refused again: work that Azure is not needed for need not wait.
    boolean rests = unavailable != null && unavailable.reason() == ErrorReason.TARGET_UNAVAILABLE;
    return new ReconcileReport(
        count.get(),
        rests,
        unavailable == null ? null : unavailable.retryAfter().orElse(null),
        heldFor);
  }
}
