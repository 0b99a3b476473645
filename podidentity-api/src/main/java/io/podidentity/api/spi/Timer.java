package io.podidentity.api.spi;

import java.time.Duration;

/**
 * Runs something later. The programs implement it with a scheduler, tests with a clock they move.
 */
public interface Timer {
  /**
   * Runs a short task once after a delay, on a thread of the timer's.
   *
   * @return closing it cancels the task if it has not begun
   */
  Subscription schedule(Duration delay, Runnable task);
}
