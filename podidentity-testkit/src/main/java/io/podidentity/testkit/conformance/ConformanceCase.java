package io.podidentity.testkit.conformance;

import java.io.IOException;

/**
 * One thing that an endpoint has to do.
 *
 * @param name a claim
 * @param level how much depends on it
 * @param source the page that says so
 * @param check fails with an {@link AssertionError} if it does not hold
 */
record ConformanceCase(String name, Level level, String source, Check check) {
  /** How much depends on it. */
  enum Level {
    /** Clients fail without it, or tokens are in danger. */
    REQUIRED,
    /** The metadata service does so; few clients would notice. */
    ADVISED
  }

  /** A look at an endpoint. */
  @FunctionalInterface
  interface Check {
    void of(ConformanceClient endpoint) throws IOException, InterruptedException;
  }
}
