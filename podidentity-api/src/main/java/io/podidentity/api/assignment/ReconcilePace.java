package io.podidentity.api.assignment;

import java.time.Duration;
import java.util.Objects;

/**
 * How often and how soon.
 *
 * @param interval how long at most between two passes over the cluster ({@code syncRetryDuration});
 *     positive; default 1 h
 * @param window how long changes of one target are gathered before Azure is asked to make them, so
 *     that they become one; zero to gather nothing; default 1 s
 * @param checkInterval how long at least between two looks at what is on a target, and a tenth
 *     longer at most ({@code identity-assignment-reconcile-interval}); zero for never; default 3
 *     min
 * @param retries how long a target rests after a failure
 */
public record ReconcilePace(
    Duration interval, Duration window, Duration checkInterval, RetryPolicy retries) {
  /** v1's intervals, and one second. */
  public static final ReconcilePace DEFAULT =
      new ReconcilePace(
          Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofMinutes(3), RetryPolicy.DEFAULT);

  public ReconcilePace {
    Objects.requireNonNull(retries, "retries");
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval must be positive");
    }
    if (window.isNegative() || checkInterval.isNegative()) {
      throw new IllegalArgumentException("window and checkInterval must not be negative");
    }
  }
}
