package io.podidentity.azure.arm;

import java.time.Duration;
import java.time.Instant;

/**
 * What a caller may ask of a subscription: a bucket of calls that refills steadily, as Azure's
 * does, and turns in it. Thread-safe.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling">
 *     Resource Manager's limits: writes 200 and 10 a second, reads 250 and 25 a second</a>
 */
final class CallBudget {
  /** More than threads that ask at the same time are apart. */
  private static final Duration STEP = Duration.ofSeconds(1);

  private final Duration interval;

  /** How far the calls may be ahead of the refill. */
  private final Duration ahead;

  private final Object lock = new Object();
  // Guarded by lock: when the bucket is full again, and when it was asked last.
  private Instant full = Instant.EPOCH;
  private Instant asked = Instant.EPOCH;

  private CallBudget(int size, int perSecond) {
    interval = Duration.ofSeconds(1).dividedBy(perSecond);
    ahead = interval.multipliedBy(size - 1L);
  }

  /**
   * Ten changes a second, and a tenth less at once than is documented: calls overtake each other.
   */
  static CallBudget ofWrites() {
    return new CallBudget(180, 10);
  }

  /** The same for 25 reads a second; what is left is for looks at changes that go on. */
  static CallBudget ofReads() {
    return new CallBudget(225, 25);
  }

  /**
   * Takes a turn.
   *
   * @param most how long it may be until then; if it is longer none is taken
   * @return how long it is until then; zero or more
   */
  Duration take(Instant now, Duration most) {
    synchronized (lock) {
      stepBackTo(now);
      Instant before = full.isBefore(now) ? now : full;
      Duration wait = Duration.between(now, before.minus(ahead));
      if (wait.compareTo(most) <= 0) {
        full = before.plus(interval);
      }
      return wait.isNegative() ? Duration.ZERO : wait;
    }
  }

  /** A clock that is set back takes the refill along: nobody would get a turn for as long. */
  private void stepBackTo(Instant now) {
    Duration back = Duration.between(now, asked);
    if (back.compareTo(STEP) > 0) {
      full = full.minus(back);
      asked = now;
    } else if (back.isNegative()) {
      asked = now;
    }
  }

  /** Gives a turn back that was not used. */
  void giveBack() {
    synchronized (lock) {
      full = full.minus(interval);
    }
  }

  /** Azure says that there is nothing left, until then. */
  void isSpentUntil(Instant then) {
    synchronized (lock) {
      Instant told = then.plus(ahead);
      full = full.isBefore(told) ? told : full;
    }
  }
}
