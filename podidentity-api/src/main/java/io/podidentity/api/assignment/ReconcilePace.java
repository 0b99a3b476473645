package io.podidentity.api.assignment;

import java.time.Duration;
import java.util.Objects;

/**
 * How often and how soon.
 *
 * @param interval how long at most between two passes over the cluster ({@code syncRetryDuration});
 *     positive; default 1 h
 * @param window how long at most changes of one target are gathered before Azure is asked to make
 *     them, so that they become one; it ends early once no more have come for a quarter of it; zero
 *     to gather nothing; default 1 s
 * @param checkInterval how long at least between two looks at what is on a target, and a tenth
 *     longer at most ({@code identity-assignment-reconcile-interval}); zero for never; default 3
 *     min
 * @param retries how long a target rests after a failure
 * @param apart how long it is at least between a pass and the next one that a change of the cluster
 *     asks for, so that changes that come one by one share a pass; after a pass that took longer
 *     than a quarter of this it is four times as long as the pass took, but a second at most; zero
 *     for no rest; default 50 ms
 */
public record ReconcilePace(
    Duration interval,
    Duration window,
    Duration checkInterval,
    RetryPolicy retries,
    Duration apart) {
  /** v1's intervals, and one second. */
  public static final ReconcilePace DEFAULT =
      new ReconcilePace(
          Duration.ofHours(1),
          Duration.ofSeconds(1),
          Duration.ofMinutes(3),
          RetryPolicy.DEFAULT,
          Duration.ofMillis(50));

  private static final Duration MOST_APART = Duration.ofSeconds(1);
  private static final int RESTS_AS_LONG_AS_PASSES = 4;

  /** One without a rest between passes. */
  public ReconcilePace(
      Duration interval, Duration window, Duration checkInterval, RetryPolicy retries) {
    this(interval, window, checkInterval, retries, Duration.ZERO);
  }

  /** Refuses an interval that is not positive, and negative times. */
  public ReconcilePace {
    Objects.requireNonNull(retries, "retries");
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval must be positive");
    }
    if (window.isNegative() || checkInterval.isNegative() || apart.isNegative()) {
      throw new IllegalArgumentException("window, checkInterval and apart must not be negative");
    }
  }

  /** The rest after a pass that took so long. */
  Duration restAfter(Duration pass) {
    if (apart.isZero()) {
      return apart;
    }
    Duration rest = pass.multipliedBy(RESTS_AS_LONG_AS_PASSES);
    Duration most = rest.compareTo(MOST_APART) > 0 ? MOST_APART : rest;
    return most.compareTo(apart) < 0 ? apart : most;
  }
}
