package io.podidentity.bin.metrics;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** How long something took, in buckets and in all. Observing takes no lock. */
public final class Histogram implements Metric {
  private static final double NANOS = 1e9;

  private final Buckets buckets;
  private final LongAdder[] counts;
  private final LongAdder nanos = new LongAdder();

  Histogram(Buckets buckets) {
    this.buckets = buckets;
    this.counts = new LongAdder[buckets.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  /** It took so long; less than nothing, after a change of a clock, counts as nothing. */
  public void observe(Duration took) {
    long observed = Math.max(0, took.toNanos());
    counts[buckets.of(observed)].increment();
    nanos.add(observed);
  }

  @Override
  public void write(Samples out) {
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      below += counts[i].sum();
      out.bucket(buckets.label(i), below);
    }
    out.sample("_sum", nanos.sum() / NANOS);
    // Not from a counter of its own, which might be ahead of the buckets.
    out.sample("_count", below);
  }
}
