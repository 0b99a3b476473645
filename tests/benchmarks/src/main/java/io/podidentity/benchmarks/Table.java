package io.podidentity.benchmarks;

import io.podidentity.benchmarks.ServerProcess.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What is printed: a line for each figure, with the project's goal beside. */
final class Table {
  private final List<String> lines = new ArrayList<>();

  Table() {
    lines.add(
        "NMI under load, 16 pods, Java %s, %d processors"
            .formatted(
                System.getProperty("java.version"), Runtime.getRuntime().availableProcessors()));
    line("", "here", "goal");
  }

  List<String> lines() {
    return lines;
  }

  void budget(Measured cold, int requestsToImds) {
    line("IMDS at 50 ms, 20/s and 5 at once, from cold", "", "");
    line("  tokens a second", number(cold.result().perSecond()), ">= 4,200");
    line("  99 of 100 within", millis(cold.result().millis(0.99)), "<= 20 ms");
    line("  the slowest", millis(cold.result().millis(1)), "");
    line("  requests to IMDS", number(requestsToImds), "16");
  }

  void warm(List<Measured> nmi, List<Measured> bare) {
    line("warm, over keep-alive; medians", "", "");
    line("  tokens a second", number(median(nmi, m -> m.result().perSecond())), "");
    line("  the bare handler's", number(median(bare, m -> m.result().perSecond())), "");
    line("  ratio", ratio(nmi, bare, m -> m.result().perSecond()), ">= 0.70");
    line("  99 of 100 within", millis(median(nmi, m -> m.result().millis(0.99))), "");
    line("  the bare handler's", millis(median(bare, m -> m.result().millis(0.99))), "");
    line("  ratio", ratio(nmi, bare, m -> m.result().millis(0.99)), "<= 1.50");
    line("  CPU for a token", micros(median(nmi, Measured::cpuMicros)), "<= 100 us");
    line("  the bare handler's", micros(median(bare, Measured::cpuMicros)), "");
    line("  ratio", ratio(nmi, bare, Measured::cpuMicros), "");
  }

  private static double median(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
    return middle(rounds.stream().mapToDouble(figure).sorted().toArray());
  }

  /** Of the ratios of rounds that ran beside each other. */
  private static String ratio(
      List<Measured> nmi, List<Measured> bare, ToDoubleFunction<Measured> figure) {
    double[] ratios =
        IntStream.range(0, nmi.size())
            .mapToDouble(i -> figure.applyAsDouble(nmi.get(i)) / figure.applyAsDouble(bare.get(i)))
            .sorted()
            .toArray();
    return String.format(Locale.ROOT, "%.2f", middle(ratios));
  }

  private static double middle(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  private void line(String what, String here, String goal) {
    lines.add("  %-46s %12s %12s".formatted(what, here, goal).stripTrailing());
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%,.0f", number);
  }

  private static String millis(double millis) {
    return String.format(Locale.ROOT, "%.2f ms", millis);
  }

  private static String micros(double micros) {
    return String.format(Locale.ROOT, "%.1f us", micros);
  }
}
