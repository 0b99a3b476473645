package io.podidentity.testkit.conformance;

import java.io.PrintStream;
import java.util.List;

/** The run as a command: {@code java -jar podidentity-testkit-runnable.jar conformance}. */
public final class ConformanceMain {
  private ConformanceMain() {}

  /**
   * Runs it.
   *
   * @return the exit code: 0 all that is required holds, 1 something does not, 2 the command line
   *     is wrong
   */
  public static int run(List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.print(ConformanceOptions.USAGE);
      return 0;
    }
    ConformanceOptions options;
    try {
      options = ConformanceOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println("conformance: " + e.getMessage() + " (--help lists the flags)");
      return 2;
    }
    ConformanceReport report = ConformanceReport.of(options);
    out.print(report.table());
    return report.isConformant() ? 0 : 1;
  }
}
