package io.podidentity.api.assignment;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How long something rests after failures in a row, unless the other side asked for longer: it
 * doubles from {@code first} up to {@code most}.
 *
 * @param first after the first failure; positive; default 1 s
 * @param most at most; not less than {@code first}; default 2 min
 * @param jitter up to which part of itself a rest is made longer, by chance, so that many that
 *     failed together do not come back together; of what was asked for, up to that part of 5 s; 0
 *     to 1; default 0.2
 */
public record RetryPolicy(Duration first, Duration most, double jitter) {
  /** One second, doubling to two minutes, and up to a fifth more. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(2), 0.2);

  /** Of a rest that was asked for, so much at most is made longer by its part. */
  private static final Duration STRETCHED = Duration.ofSeconds(5);

  /** Refuses times that are not in order, and a jitter that is no share. */
  public RetryPolicy {
    if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
      throw new IllegalArgumentException("0 < first <= most does not hold");
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter must be from 0 to 1");
    }
  }

  /** One in which nothing is left to chance. */
  public RetryPolicy(Duration first, Duration most) {
    this(first, most, 0);
  }

  private long extra(Duration rest) {
    return jitter == 0
        ? 0
        : (long) (rest.toNanos() * jitter * ThreadLocalRandom.current().nextDouble());
  }

  /** The rest after that many failures in a row; longer if the other side asked for longer. */
  Duration rest(int failuresInARow, @Nullable Duration asked) {
    Duration rest = first;
    for (int i = 1; i < failuresInARow && rest.compareTo(most) < 0; i++) {
      rest = rest.multipliedBy(2);
    }
    rest = rest.compareTo(most) > 0 ? most : rest;
    if (asked == null || asked.compareTo(rest) <= 0) {
      return rest.plusNanos(extra(rest));
    }
    // The other side knows when: much later would waste what it has to give.
    return asked.plusNanos(extra(asked.compareTo(STRETCHED) > 0 ? STRETCHED : asked));
  }
}
