package io.podidentity.bin.metrics;

import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** All metrics of a program, or of a part of one that is scraped by itself. Thread-safe. */
public final class MetricRegistry {
  private final ConcurrentNavigableMap<String, Family<?>> families = new ConcurrentSkipListMap<>();

  /** Counters. A family without labels has one at most: {@code with()}. */
  public Family<Counter> counters(String name, String help, String... labels) {
    return add(name, help, "counter", Counter::new, labels);
  }

  /** Histograms. A family without labels has one at most: {@code with()}. */
  public Family<Histogram> histograms(String name, String help, Buckets buckets, String... labels) {
    return add(name, help, "histogram", () -> new Histogram(buckets), labels);
  }

  /** Gauges. */
  public Family<Reading> gauges(String name, String help, String... labels) {
    return add(name, help, "gauge", Reading::new, labels);
  }

  /**
   * A gauge without labels.
   *
   * @param value as for {@link Reading#from}
   */
  public void gauge(String name, String help, DoubleSupplier value) {
    gauges(name, help).with().from(value);
  }

  /**
   * A counter without labels, of what is counted elsewhere.
   *
   * @param value as for {@link Reading#from}
   */
  public void counted(String name, String help, DoubleSupplier value) {
    add(name, help, "counter", Reading::new).with().from(value);
  }

  /** All there are, by name. */
  public List<Family<?>> families() {
    return List.copyOf(families.values());
  }

  /** All of them in Prometheus' text format 0.0.4, by name. */
  public String text() {
    StringBuilder text = new StringBuilder(8192);
    Samples samples = new Samples(text);
    families.values().forEach(family -> family.write(samples));
    return text.toString();
  }

  private <M extends Metric> Family<M> add(
      String name, String help, String type, Supplier<M> create, String... labels) {
    Family<M> family = new Family<>(name, help, type, List.of(labels), create);
    if (families.putIfAbsent(name, family) != null) {
      throw new IllegalArgumentException("there is a metric " + name + " already");
    }
    return family;
  }
}
