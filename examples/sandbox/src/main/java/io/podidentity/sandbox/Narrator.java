package io.podidentity.sandbox;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Tells the story on the terminal, with the seconds since its start. */
final class Narrator {
  private final PrintStream out;
  private final Clock clock;
  private final Instant start;

  Narrator(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
    this.start = clock.instant();
  }

  /** Something that happened. */
  void step(String text) {
    Duration since = Duration.between(start, clock.instant());
    out.printf("%5.1f s  %s%n", since.toMillis() / 1000.0, text);
    out.flush();
  }

  /** Something to read. */
  void text(String text) {
    out.println(text);
    out.flush();
  }
}
