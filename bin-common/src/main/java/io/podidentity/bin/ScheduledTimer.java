package io.podidentity.bin;

import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Timer} with one daemon thread. A task that throws is logged and affects no other. */
public final class ScheduledTimer implements Timer, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ScheduledTimer.class);

  private final ScheduledThreadPoolExecutor scheduler;

  /**
   * Starts no thread before the first task.
   *
   * @param name the thread's name
   */
  public ScheduledTimer(String name) {
    scheduler = new ScheduledThreadPoolExecutor(1, Daemons.named(name));
    // A request that is answered leaves nothing behind for the rest of its hold.
    scheduler.setRemoveOnCancelPolicy(true);
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Subscription schedule(Duration delay, Runnable task) {
    Future<?> future =
        scheduler.schedule(() -> runLogged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /** Runs nothing any more; tasks that wait are dropped. */
  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // Not thrown on: the executor would put it into a future that nobody looks at.
      log.error("timer task failed", e);
    }
  }
}
