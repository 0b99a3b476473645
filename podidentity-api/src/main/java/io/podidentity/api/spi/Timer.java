package io.podidentity.api.spi;

import java.time.Duration;

/**
 * Runs something later. Called by the broker and the reconciler, from any thread; must not block.
 * The programs implement it with a scheduler, tests with a clock they move. Thread-safe.
 */
public interface Timer {
  /**
   * Runs a short task once after a delay, on a thread of the timer's. What the task throws is the
   * timer's affair.
   *
   * @param delay zero or more
   * @return closing it cancels the task if it has not begun
   */
  Subscription schedule(Duration delay, Runnable task);
}
