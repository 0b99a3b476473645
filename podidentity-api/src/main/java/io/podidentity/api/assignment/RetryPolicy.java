package io.podidentity.api.assignment;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a target rests after failures in a row, unless Azure asked for longer: it doubles from
 * {@code first} up to {@code most}.
 *
 * @param first after the first failure; positive; default 1 s
 * @param most at most; not less than {@code first}; default 2 min
 */
public record RetryPolicy(Duration first, Duration most) {
  /** One second, doubling to two minutes. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(2));

  public RetryPolicy {
    if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
      throw new IllegalArgumentException("0 < first <= most does not hold");
    }
  }

  /** The rest after that many failures in a row; longer if the other side asked for longer. */
  Duration rest(int failuresInARow, @Nullable Duration asked) {
    Duration rest = first;
    for (int i = 1; i < failuresInARow && rest.compareTo(most) < 0; i++) {
      rest = rest.multipliedBy(2);
    }
    rest = rest.compareTo(most) > 0 ? most : rest;
    return asked != null && asked.compareTo(rest) > 0 ? asked : rest;
  }
}
