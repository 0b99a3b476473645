package io.podidentity.bin.metrics;

/** One time series, or, for a histogram, the ones that belong together. Thread-safe. */
public sealed interface Metric permits Counter, Histogram, Reading {
  /** Writes its lines as they are now. */
  void write(Samples out);
}
