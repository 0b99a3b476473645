package io.podidentity.bin.metrics;

import java.util.function.DoubleSupplier;

/** A value that is looked up whenever it is written. */
public final class Reading implements Metric {
  private volatile DoubleSupplier value = () -> 0;

  Reading() {}

  /**
   * Says where the value is looked up; it is 0 until then.
   *
   * @param newValue called by whoever reads the metrics; quick, and does not throw
   */
  public void from(DoubleSupplier newValue) {
    value = newValue;
  }

  @Override
  public void write(Samples out) {
    out.sample("", value.getAsDouble());
  }
}
