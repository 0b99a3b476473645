package io.podidentity.bin.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A number of events since the start. Counting takes no lock. */
public final class Counter implements Metric {
  private final LongAdder count = new LongAdder();

  Counter() {}

  /** One more. */
  public void increment() {
    count.increment();
  }

  @Override
  public void write(Samples out) {
    out.sample("", count.sum());
  }
}
