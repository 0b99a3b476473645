package io.podidentity.azure;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Everything that an exception shows of itself, for tests that look for what must not be shown. */
public final class Failures {
  private Failures() {}

  /** Messages and stack traces of it, its causes, and what it suppressed. */
  public static String everything(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
