package io.podidentity.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that runs along and writes a line when something changes in the kernel. When it ends,
 * it is started again after a while. Has a thread of its own. Thread-safe.
 */
final class Monitor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Monitor.class);

  private static final Duration FIRST_REST = Duration.ofSeconds(1);
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);

  /** It may be up before it hears. */
  private static final Duration DEAF = Duration.ofSeconds(1);

  private final List<String> words;
  private final Predicate<String> tells;
  private final Runnable onChange;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Process process;
  private volatile boolean listening;

  /**
   * Starts.
   *
   * @param tells which of its lines tell of a change
   * @param onChange called on the monitor's thread, also when something may have been missed
   */
  Monitor(List<String> words, Predicate<String> tells, Runnable onChange) {
    this.words = List.copyOf(words);
    this.tells = tells;
    this.onChange = onChange;
    Thread thread = new Thread(this::run, "monitor");
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether it runs; if not, changes are not told. */
  boolean isListening() {
    return listening;
  }

  private void run() {
    Duration rest = FIRST_REST;
    boolean told = false;
    while (!isClosedWithin(Duration.ZERO)) {
      boolean heard = false;
      try {
        heard = listen();
      } catch (IOException e) {
        log.debug("monitor={} cannot be run", words, e);
      }
      if (!heard && !told) {
        log.info("{} does not work: rules are looked at each second instead", words);
        told = true;
      }
      rest = heard ? FIRST_REST : rest.multipliedBy(2);
      rest = rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
      if (isClosedWithin(rest)) {
        return;
      }
    }
  }

  /**
   * Runs the program to its end.
   *
   * @return whether it told of anything
   */
  private boolean listen() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process started = builder.start();
    process = started;
    boolean heard = false;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      if (isClosedWithin(DEAF) || !started.isAlive()) {
        return false;
      }
      listening = true;
      onChange.run();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (tells.test(line)) {
          heard = true;
          onChange.run();
        }
      }
    } finally {
      listening = false;
      end(started);
    }
    onChange.run();
    return heard;
  }

  private boolean isClosedWithin(Duration time) {
    try {
      return closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Process running = process;
    if (running != null) {
      end(running);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
