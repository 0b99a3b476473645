package io.podidentity.bin;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.PrintStream;
import org.slf4j.Logger;

/** What the programs exit with. */
public final class ExitCode {
  /** It could not do what it was told to. */
  public static final int FAILED = 1;

  /** It cannot be told so; what Go's flag package, and picocli, use. */
  public static final int BAD_USAGE = 2;

  private ExitCode() {}

  /**
   * Says in one line why a program ends.
   *
   * @param program its name
   * @param err where to
   * @return the code to exit with
   */
  public static int report(PodIdentityException error, String program, PrintStream err) {
    err.println(program + ": " + oneLine(String.valueOf(error.getMessage())));
    return of(error);
  }

  /**
   * The same in the log, in its format: for a program that has begun to log.
   *
   * @return the code to exit with
   */
  public static int report(PodIdentityException error, Logger log) {
    log.error("cannot run: {}", oneLine(String.valueOf(error.getMessage())));
    return of(error);
  }

  private static int of(PodIdentityException error) {
    return error.reason() == ErrorReason.CONFIGURATION_INVALID ? BAD_USAGE : FAILED;
  }

  /** What others wrote may be in it, such as a flag's value or an answer. */
  static String oneLine(String message) {
    return OneLine.of(message.strip().replaceAll("\\s+", " "));
  }
}
