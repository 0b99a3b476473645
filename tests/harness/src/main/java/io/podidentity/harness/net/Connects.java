package io.podidentity.harness.net;

import io.podidentity.harness.Await;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Opens connections without end from a namespace, one every 5 ms, and knows for how long none came
 * about. Closing it ends it. Thread-safe.
 */
public final class Connects implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern TOTAL = Pattern.compile("^connected=(\\d+)$");
  private static final Pattern GAP = Pattern.compile("^gap=(\\d+) ended=(-?\\d+)$");

  private final ManagedProcess client;

  private Connects(ManagedProcess client) {
    this.client = client;
  }

  /**
   * Begins.
   *
   * @param address in dotted form
   */
  public static Connects start(NetworkNamespace from, String address, int port) {
    return new Connects(
        from.inside(JavaProgram.of(ConnectsMain.class, address, Integer.toString(port)))
            .start("connects"));
  }

  /** Waits until so many more connections have come about. */
  public void awaitMore(int more) {
    long wanted = total() + more;
    Await.until("connections come about", LIMIT, () -> total() >= wanted);
  }

  /**
   * The longest time from one connection that came about to the next; zero if there was one every
   * 10 ms.
   *
   * @param nanoTime only what ended after this moment counts; by {@link System#nanoTime()}, which
   *     is the same clock in all processes of a Linux machine
   */
  public Duration longestGapAfter(long nanoTime) {
    try (Stream<String> lines = Files.lines(client.log())) {
      return Duration.ofNanos(
          lines
              .map(GAP::matcher)
              .filter(Matcher::matches)
              .filter(gap -> Long.parseLong(gap.group(2)) - nanoTime > 0)
              .mapToLong(gap -> Long.parseLong(gap.group(1)))
              .max()
              .orElse(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long total() {
    return client
        .tail()
        .lines()
        .map(TOTAL::matcher)
        .filter(Matcher::matches)
        .mapToLong(total -> Long.parseLong(total.group(1)))
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    client.close();
  }
}
