package io.podidentity.api.assignment;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How carrying out a {@link TargetPlan} went. What was done and what failed has been reported, one
 * by one, through {@link io.podidentity.api.spi.Telemetry}.
 *
 * @param failures how many steps failed and have to be tried again after a rest
 * @param unavailable whether the target as a whole could not be changed: Azure throttled, failed,
 *     or could not be reached
 * @param retryAfter how long Azure asked to be left alone; null if it did not
 * @param heldFor how long it is until the next try of an identity that was refused, which keeps
 *     nothing else waiting; null if none was
 */
public record ReconcileReport(
    int failures, boolean unavailable, @Nullable Duration retryAfter, @Nullable Duration heldFor) {
  /** Refuses a negative number of failures. */
  public ReconcileReport {
    if (failures < 0) {
      throw new IllegalArgumentException("failures must not be negative");
    }
  }

  /** Whether nothing needs a rest of the target. */
  public boolean isComplete() {
    return failures == 0;
  }

  @Override
  public String toString() {
    return "failures="
        + failures
        + ", unavailable="
        + unavailable
        + ", retryAfter="
        + Objects.toString(retryAfter, "none")
        + ", heldFor="
        + Objects.toString(heldFor, "none");
  }
}
