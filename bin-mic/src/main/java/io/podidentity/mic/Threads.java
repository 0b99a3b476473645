package io.podidentity.mic;

import io.podidentity.bin.Daemons;
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

  /** Interrupts what a pool is at, and waits for it, for some seconds at most. */
  static void end(ExecutorService pool) throws InterruptedException {
    pool.shutdownNow();
    pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
  }
}
