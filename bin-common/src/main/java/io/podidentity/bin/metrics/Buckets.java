package io.podidentity.bin.metrics;

/** The upper bounds of a histogram's buckets, the last one being infinite. Immutable. */
public final class Buckets {
  private static final double NANOS = 1e9;

  private final long[] bounds;
  private final String[] labels;

  private Buckets(double... seconds) {
    bounds = new long[seconds.length];
    labels = new String[seconds.length + 1];
    for (int i = 0; i < seconds.length; i++) {
      bounds[i] = Math.round(seconds[i] * NANOS);
      labels[i] = Samples.number(seconds[i]);
    }
    labels[seconds.length] = "+Inf";
  }

  /** Buckets with these upper bounds, in ascending order, and one for what is beyond. */
  public static Buckets ofSeconds(double... bounds) {
    return new Buckets(bounds);
  }

  /** How many there are. */
  int size() {
    return labels.length;
  }

  /** The first one whose bound is not below that. */
  int of(long nanos) {
    int bucket = 0;
    while (bucket < bounds.length && nanos > bounds[bucket]) {
      bucket++;
    }
    return bucket;
  }

  /** The bound, in seconds, as it is written. */
  String label(int bucket) {
    return labels[bucket];
  }
}
