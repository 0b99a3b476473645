package io.podidentity.mic;

import io.podidentity.bin.Daemons;
import io.podidentity.bin.Parts;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** MIC's thread pools: bounded, and empty when there is nothing to do. */
final class Threads {
  private static final long IDLE_SECONDS = 30;
  private static final long END_SECONDS = 5;

  private Threads() {}

  /** A pool that runs at most that many tasks at a time; more of them wait in order. */
  static ExecutorService atMost(int threads, String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Daemons.named(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** The same, to be ended with these parts. */
  static ExecutorService pool(int threads, String name, Parts parts) {
    ExecutorService pool = atMost(threads, name);
    parts.add(() -> end(pool));
    return pool;
  }

  /**
   * Interrupts what several pools are at, and waits for all of it, no longer than that.
   *
   * @param pools of which one may wait for the work of another
   */
  static void end(Duration atMost, ExecutorService... pools) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (ExecutorService pool : pools) {
      pool.shutdownNow();
    }
    for (ExecutorService pool : pools) {
      pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  /** Interrupts what a pool is at, and waits for it, for some seconds at most. */
  static void end(ExecutorService pool) throws InterruptedException {
    pool.shutdownNow();
    pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
  }
}
