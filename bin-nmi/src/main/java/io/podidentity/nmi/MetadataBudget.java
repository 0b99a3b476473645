package io.podidentity.nmi;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How much of the metadata service the node's pods may use for what is no token: IMDS serves five
 * such requests a second to a virtual machine, and answers 429 beyond. Thread-safe.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting">
 *     Instance Metadata Service, rate limiting</a>
 */
final class MetadataBudget {
  /** IMDS's limit; also how many may come together. */
  static final int PER_SECOND = 5;

  /** How many may be under way, if the service is slow to answer. */
  static final int AT_ONCE = 8;

  private static final long INTERVAL = Duration.ofSeconds(1).toNanos() / PER_SECOND;
  private static final long FULL = PER_SECOND * INTERVAL;

  private final Object lock = new Object();
  private final Clock clock;
  // Guarded by lock, like all below. In nanoseconds of refill.
  private long credit = FULL;
  private Instant last;
  private int underWay;

  MetadataBudget(Clock clock) {
    this.clock = clock;
    this.last = clock.instant();
  }

  /**
   * Takes a place for a request, to be given back with {@link #end}.
   *
   * @return false if there is none now; a second later there is
   */
  boolean tryBegin() {
    synchronized (lock) {
      refill();
      if (underWay == AT_ONCE || credit < INTERVAL) {
        return false;
      }
      credit -= INTERVAL;
      underWay++;
      return true;
    }
  }

  /** A request that had a place is over. */
  void end() {
    synchronized (lock) {
      underWay--;
    }
  }

  private void refill() {
    Instant now = clock.instant();
    // A clock that is set back gives nothing, and takes nothing.
    Duration passed = Duration.between(last, now);
    last = now;
    if (passed.compareTo(Duration.ofSeconds(1)) >= 0) {
      credit = FULL;
    } else if (!passed.isNegative()) {
      credit = Math.min(FULL, credit + passed.toNanos());
    }
  }
}
