package io.podidentity.bin.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Metrics of one name that differ in their labels. There is a bound to their number, so that nobody
 * can make this process, or the one that scrapes it, run out of memory: once it is reached, what
 * has labels that were never there before is counted in one metric whose labels are all {@value
 * #OTHER}, but for those that are {@linkplain #keeping kept}. To find one takes no lock.
 * Thread-safe.
 */
public final class Family<M extends Metric> {
  /** The value of a label that stands for all values that are not kept apart. */
  public static final String OTHER = "other";

  /** At most so many, and those for the others. */
  static final int MAX_SERIES = 500;

  private final String name;
  private final String help;
  private final String type;
  private final List<String> labels;
  private final Supplier<M> create;
  private final ConcurrentMap<Values, M> series = new ConcurrentHashMap<>();
  private final Object lock = new Object();
  private volatile Set<String> kept = Set.of();
  private volatile boolean full;

  Family(String name, String help, String type, List<String> labels, Supplier<M> create) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.labels = List.copyOf(labels);
    this.create = create;
  }

  /**
   * Has these labels hold what they say beyond the bound, too.
   *
   * @param few of the labels' names, those that take few values, also together
   */
  Family<M> keeping(String... few) {
    kept = Set.of(few);
    return this;
  }

  /**
   * The metric with these labels; a new one if there is none yet.
   *
   * @param values in the order of the labels' names
   */
  public M with(String... values) {
    Values key = new Values(values);
    M known = series.get(key);
    return known == null ? add(key) : known;
  }

  private M add(Values key) {
    if (key.values.length != labels.size()) {
      throw new IllegalArgumentException(name + " has the labels " + labels);
    }
    if (!full) {
      synchronized (lock) {
        if (series.size() < MAX_SERIES) {
          return series.computeIfAbsent(key, absent -> create.get());
        }
        full = true;
      }
    }
    // Does not lock where it is there.
    return series.computeIfAbsent(folded(key), absent -> create.get());
  }

  private Values folded(Values key) {
    String[] values = new String[labels.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = kept.contains(labels.get(i)) ? key.values[i] : OTHER;
    }
    return new Values(values);
  }

  /** Writes all of them, in the order of their labels; nothing if there are none. */
  void write(Samples out) {
    if (series.isEmpty()) {
      return;
    }
    out.family(name, help, type, labels);
    series.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().values, Arrays::compare))
        .forEach(
            entry -> {
              out.series(entry.getKey().values);
              entry.getValue().write(out);
            });
  }

  /** The name, with its prefix. */
  public String name() {
    return name;
  }

  /** {@code counter}, {@code gauge} or {@code histogram}. */
  public String type() {
    return type;
  }

  /** The labels' names. */
  public List<String> labels() {
    return labels;
  }

  /** A key. */
  private static final class Values {
    final String[] values;

    Values(String... values) {
      this.values = values;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Values that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }
  }
}
