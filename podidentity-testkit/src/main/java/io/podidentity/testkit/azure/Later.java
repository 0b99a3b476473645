package io.podidentity.testkit.azure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Answers that take their time. */
final class Later {
  private Later() {}

  /**
   * Runs what is short after that time, on the thread that keeps time for the JVM: not on the
   * common pool, where tests that wait for the answer may be in the way. The server writes the
   * answer on a thread of its own.
   */
  static Executor after(Duration time) {
    return CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
  }
}
