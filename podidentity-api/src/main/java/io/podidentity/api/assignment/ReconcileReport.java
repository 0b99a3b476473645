package io.podidentity.api.assignment;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How carrying out a {@link TargetPlan} went. What was done and what failed has been reported, one
 * by one, through {@link io.podidentity.api.spi.Telemetry}.
 *
 * @param failures how many steps failed and have to be tried again
 * @param retryAfter how long Azure asked to be left alone; null if it did not
 */
public record ReconcileReport(int failures, @Nullable Duration retryAfter) {
  public ReconcileReport {
    if (failures < 0) {
      throw new IllegalArgumentException("failures must not be negative");
    }
  }

  /** Whether all was done. */
  public boolean isComplete() {
    return failures == 0;
  }

  @Override
  public String toString() {
    return "failures=" + failures + ", retryAfter=" + Objects.toString(retryAfter, "none");
  }
}
