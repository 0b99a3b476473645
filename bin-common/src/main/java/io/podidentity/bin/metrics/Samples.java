package io.podidentity.bin.metrics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines of Prometheus' text format, version 0.0.4.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
public final class Samples {
  private final StringBuilder out;
  private String name = "";
  private List<String> labelNames = List.of();
  private String[] labelValues = {};

  Samples(StringBuilder out) {
    this.out = out;
  }

  /** What follows belongs to this family. */
  void family(String newName, String help, String type, List<String> newLabelNames) {
    name = newName;
    labelNames = newLabelNames;
    out.append("# HELP ").append(name).append(' ');
    escape(help, false);
    out.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /** What follows has these labels. */
  void series(String... newLabelValues) {
    labelValues = newLabelValues;
  }

  void sample(String suffix, long value) {
    begin(suffix, null).append(value).append('\n');
  }

  void sample(String suffix, double value) {
    begin(suffix, null).append(number(value)).append('\n');
  }

  void bucket(String bound, long value) {
    begin("_bucket", bound).append(value).append('\n');
  }

  private StringBuilder begin(String suffix, @Nullable String bound) {
    out.append(name).append(suffix);
    char before = '{';
    for (int i = 0; i < labelValues.length; i++) {
      label(before, labelNames.get(i), labelValues[i]);
      before = ',';
    }
    if (bound != null) {
      label(before, "le", bound);
      before = ',';
    }
    return out.append(before == '{' ? " " : "} ");
  }

  private void label(char before, String label, String value) {
    out.append(before).append(label).append("=\"");
    escape(value, true);
    out.append('"');
  }

  private void escape(String text, boolean quotes) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '"' -> out.append(quotes ? "\\\"" : "\"");
        default -> out.append(c);
      }
    }
  }

  /** As Go writes it where that is simple: whole numbers without a fraction. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
