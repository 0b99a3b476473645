package io.podidentity.bin;

import io.podidentity.api.explain.Step.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command that looks for what is wrong prints: a line for each thing that it looked at, and
 * the first cause.
 *
 * @param subject what was looked at as a whole
 * @param lines in order
 */
public record Report(String subject, List<Line> lines) {
  public Report {
    lines = List.copyOf(lines);
  }

  /**
   * One thing that was looked at.
   *
   * @param part what, in a word
   * @param verdict what came of it
   * @param code the cause code, which {@code docs/troubleshooting.md} explains; empty if nothing is
   *     the matter
   * @param text what was found
   * @param next the next command to run; empty if none helps
   */
  public record Line(String part, Verdict verdict, String code, String text, String next) {}

  /** Whether nothing is wrong. */
  public boolean isWell() {
    return lines.stream().noneMatch(line -> line.verdict() == Verdict.WRONG);
  }

  /** The code of the first thing that is wrong; empty if nothing is. */
  public String cause() {
    return lines.stream()
        .filter(line -> line.verdict() == Verdict.WRONG)
        .map(Line::code)
        .findFirst()
        .orElse("");
  }

  /** The text, with its last line's end. */
  public String in(OutputFormat format) {
    return format == OutputFormat.JSON ? json() : text();
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    line(text, subject);
    for (Line line : lines) {
      String code = line.code().isEmpty() ? "" : line.code() + ": ";
      line(
          text,
          "  %-8s %-12s %s%s".formatted(line.verdict().word(), line.part(), code, line.text()));
      if (!line.next().isEmpty()) {
        line(text, "  %-8s %-12s next: %s".formatted("", "", line.next()));
      }
    }
    line(text, isWell() ? "nothing is wrong" : "cause: " + cause());
    return text.toString();
  }

  /** Texts have in them what users wrote into objects. */
  private static void line(StringBuilder text, String line) {
    text.append(OneLine.of(line)).append('\n');
  }

  private String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("subject", subject);
    json.put("well", isWell());
    json.put("cause", cause());
    json.put("steps", lines.stream().map(Report::jsonOf).toList());
    return PrintedJson.of(json);
  }

  private static Object jsonOf(Line line) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("part", line.part());
    json.put("verdict", line.verdict().word());
    json.put("code", line.code());
    json.put("text", line.text());
    json.put("next", line.next());
    return json;
  }
}
