package io.podidentity.mic;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has garbage collected before the heap has grown far. The serial collector of newer JDKs (25 is
 * the one of the image) lets the old generation grow up to the largest heap first, though most of
 * it is what lists and plans left behind; up to JDK 17 it collected whenever it had to grow. Of one
 * thread.
 */
final class HeapGrowth {
  /** A plan or two of a large cluster; to collect takes about a tenth of a second there. */
  static final long MOST = 32L << 20;

  private static final long SECONDS_BETWEEN_LOOKS = 1;

  private final LongSupplier used;
  private final Runnable collect;
  private long least = Long.MAX_VALUE;

  /**
   * A watch of one heap.
   *
   * @param used how much of it is used, in bytes
   */
  HeapGrowth(LongSupplier used, Runnable collect) {
    this.used = used;
    this.collect = collect;
  }

  /** Of this JVM's. */
  static HeapGrowth ofThisProcess() {
    Runtime runtime = Runtime.getRuntime();
    return new HeapGrowth(() -> runtime.totalMemory() - runtime.freeMemory(), runtime::gc);
  }

  /** Looks for as long as the process runs; does not return. */
  void watch() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    while (!never.await(SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS)) {
      look();
    }
  }

  void look() {
    long now = used.getAsLong();
    least = Math.min(least, now);
    if (now - least > MOST) {
      collect.run();
      least = used.getAsLong();
    }
  }
}
