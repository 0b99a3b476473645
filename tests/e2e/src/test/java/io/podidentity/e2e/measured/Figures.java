package io.podidentity.e2e.measured;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The figures of one measurement, with those of v1 and the project's goals beside, as lines of a
 * file that {@code tests/benchmarks/mic.sh} prints.
 */
public final class Figures {
  private static final Path FOLDER = Path.of("target", "mic-figures");

  private final String name;
  private final List<String> lines = new ArrayList<>();

  /**
   * Figures without a line.
   *
   * @param name of the file, which is where its place in the table is
   * @param title what is measured
   */
  public Figures(String name, String title) {
    this.name = name;
    lines.add(title);
  }

  /** A figure; empty where v1 was not measured, or nothing is aimed at. */
  public void line(String what, String here, String v1, String goal) {
    lines.add("  %-46s %14s %16s %18s".formatted(what, here, v1, goal).stripTrailing());
  }

  /** What a reader has to know of the figures. */
  public void note(String text) {
    lines.add("  " + text);
  }

  /**
   * What the machine costs: {@link BareClient}.
   *
   * @param measured with MIC
   * @param bare the same writes without it
   */
  void floor(Duration measured, Duration bare) {
    double ratio = (double) measured.toNanos() / bare.toNanos();
    line("  the same writes by a bare client, and a PATCH", seconds(bare), "", "");
    line("    MIC takes so many times that", String.format(Locale.ROOT, "%.2f", ratio), "", "");
  }

  /** Writes the file. */
  public void save() {
    try {
      Files.createDirectories(FOLDER);
      Files.write(FOLDER.resolve(name + ".txt"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException("writing the figures of " + name, e);
    }
  }

  /** For example {@code 3.21 s}. */
  public static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String mib(double mib) {
    return String.format(Locale.ROOT, "%.1f MiB", mib);
  }
}
