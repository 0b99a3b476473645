package io.podidentity.testkit.conformance;

import io.podidentity.testkit.conformance.ConformanceCase.Level;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/**
 * What came of a run.
 *
 * @param rows one for each case, in their order
 */
public record ConformanceReport(List<Row> rows) {
  /** Copies the rows. */
  public ConformanceReport {
    rows = List.copyOf(rows);
  }

  /**
   * What came of a case.
   *
   * @param name the claim
   * @param required whether clients depend on it
   * @param source the page that says so
   * @param problem what was otherwise; empty if nothing was
   */
  public record Row(String name, boolean required, String source, String problem) {
    /** Whether it holds. */
    public boolean passed() {
      return problem.isEmpty();
    }
  }

  /** Runs all cases, one after the other, by the system's clock. */
  public static ConformanceReport of(ConformanceOptions options) {
    return of(options, Clock.systemUTC());
  }

  /**
   * Runs all cases, one after the other.
   *
   * @param clock by which tokens expire: that of the endpoint, if it is simulated
   */
  public static ConformanceReport of(ConformanceOptions options, Clock clock) {
    ConformanceClient endpoint = new ConformanceClient(options, clock);
    return new ConformanceReport(
        ConformanceCases.all().stream().map(each -> run(each, endpoint)).toList());
  }

  private static Row run(ConformanceCase each, ConformanceClient endpoint) {
    return new Row(
        each.name(), each.level() == Level.REQUIRED, each.source(), problem(each, endpoint));
  }

  private static String problem(ConformanceCase each, ConformanceClient endpoint) {
    try {
      each.check().of(endpoint);
      return "";
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    } catch (IOException | CompletionException e) {
      return "no answer: " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** Whether all that is required holds. */
  public boolean isConformant() {
    return rows.stream().allMatch(row -> row.passed() || !row.required());
  }

  /** The table, with a line for each case and one for the whole. */
  public String table() {
    StringBuilder table = new StringBuilder();
    for (Row row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-4s  %-8s  %-52s  %s%n",
              row.passed() ? "pass" : "FAIL",
              row.required() ? "required" : "advised",
              row.name(),
              row.source()));
      if (!row.passed()) {
        table.append(String.format(Locale.ROOT, "      %s%n", row.problem()));
      }
    }
    long passed = rows.stream().filter(Row::passed).count();
    return table
        .append(String.format(Locale.ROOT, "%d of %d hold%n", passed, rows.size()))
        .toString();
  }
}
