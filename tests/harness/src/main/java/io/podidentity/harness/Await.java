package io.podidentity.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounded waits on a condition that cannot announce itself, such as the state of another process.
 * The condition is looked at every 20 ms, at least once, and once more when the time is over.
 */
public final class Await {

  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Await() {}

  /**
   * Waits until the condition holds.
   *
   * @param what the condition in words, for the message
   * @throws HarnessException if it does not hold in time, or the thread is interrupted
   */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    value(what, limit, () -> condition.getAsBoolean() ? Boolean.TRUE : null);
  }

  /**
   * Waits until the supplier gives a value. A {@link HarnessException} of the supplier counts as
   * "not yet" and is the cause of the final failure.
   *
   * @param what the value in words, for the message
   * @param supplier gives null as long as there is no value
   * @throws HarnessException if there is none in time, or the thread is interrupted
   */
  public static <T> T value(String what, Duration limit, Supplier<@Nullable T> supplier) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean last = System.nanoTime() >= end;
      @Nullable HarnessException refusal = null;
      try {
        @Nullable T value = supplier.get();
        if (value != null) {
          return value;
        }
      } catch (HarnessException e) {
        refusal = e;
      }
      if (last) {
        throw tooLate(what, limit, refusal);
      }
      pause();
    }
  }

  /**
   * Waits until the assertions pass, and lets their last failure through if they do not in time.
   *
   * @throws AssertionError the last failure
   * @throws HarnessException if the assertions fail by one, or the thread is interrupted
   */
  public static void asserted(Duration limit, Runnable assertions) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean last = System.nanoTime() >= end;
      try {
        assertions.run();
        return;
      } catch (AssertionError | HarnessException e) {
        if (last) {
          throw e;
        }
      }
      pause();
    }
  }

  private static HarnessException tooLate(
      String what, Duration limit, @Nullable HarnessException refusal) {
    String message = "not within " + limit.toMillis() + " ms: " + what;
    return refusal == null
        ? new HarnessException(message)
        : new HarnessException(message + "; last: " + refusal.getMessage(), refusal);
  }

  private static void pause() {
    LockSupport.parkNanos(INTERVAL.toNanos());
    if (Thread.currentThread().isInterrupted()) {
      throw new HarnessException("interrupted while waiting");
    }
  }
}
