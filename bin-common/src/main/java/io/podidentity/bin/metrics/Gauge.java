package io.podidentity.bin.metrics;

import java.util.function.DoubleSupplier;

/** A value that goes up and down; looked up when it is written. */
public final class Gauge implements Metric {
  private volatile DoubleSupplier value = () -> 0;

  Gauge() {}

  /**
   * Where the value is looked up; until it is said, the value is 0.
   *
   * @param newValue called by whoever reads the metrics; quick, and does not throw
   */
  public void read(DoubleSupplier newValue) {
    value = newValue;
  }

  @Override
  public void write(Samples out) {
    out.sample("", value.getAsDouble());
  }
}
