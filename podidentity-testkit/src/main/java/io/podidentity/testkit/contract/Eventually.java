package io.podidentity.testkit.contract;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Bounded waits for what a cluster shows only after a while. */
final class Eventually {
  /** For a single answer. */
  static final Duration LIMIT = Duration.ofSeconds(20);

  /** What is given to {@link #asserted}; tests of the contracts themselves shorten it. */
  private static volatile Duration limit = LIMIT;

  private static final Duration PAUSE = Duration.ofMillis(10);

  private Eventually() {}

  /** Gives {@link #asserted} that long from now on. */
  static void limit(Duration newLimit) {
    limit = newLimit;
  }

  /** How long {@link #asserted} waits now, but not less than that. */
  static Duration atLeast(Duration least) {
    Duration now = limit;
    return now.compareTo(least) < 0 ? least : now;
  }

  /** Waits until the assertions pass; lets their last failure through if they do not. */
  static void asserted(Runnable assertions) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        assertions.run();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() >= end || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
