package io.podidentity.api.embed;

import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of one broker: one for what is due, some for fetches. Daemons, made on demand. */
final class OwnThreads implements Timer, AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, named("pod-identity-timer"));
  private final ThreadPoolExecutor fetches;

  /**
   * As many threads as are needed: the broker's queue begins no more fetches at once than the token
   * services serve. One that has ended its fetch still tells who waits while the next one begins.
   */
  OwnThreads() {
    // A request that is answered leaves nothing behind for the rest of its hold.
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    fetches =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            named("pod-identity-fetch"));
  }

  Executor fetches() {
    return fetches;
  }

  @Override
  public Subscription schedule(Duration delay, Runnable task) {
    Future<?> future = timer.schedule(() -> runTold(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /** A failure would end in a future that nobody looks at; so the thread's handler gets it. */
  private static void runTold(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    fetches.shutdownNow();
    long end = System.nanoTime() + LONGEST_END.toNanos();
    try {
      boolean unused =
          timer.awaitTermination(LONGEST_END.toNanos(), TimeUnit.NANOSECONDS)
              && fetches.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
