package io.podidentity.harness.process;

import io.podidentity.harness.HarnessException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A process's output, line by line: written to a file, and the last lines kept for waiters. */
final class ProcessOutput {

  private static final int KEPT = 5_000;
  private static final int SHOWN = 40;

  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<String> lines = new ArrayDeque<>();
  private long count;
  private boolean ended;

  ProcessOutput(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Reads the stream to its end on a thread of its own. */
  void readFrom(InputStream stream, String name) {
    Thread thread = new Thread(() -> copy(stream), "harness-output-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void copy(InputStream stream) {
    try (BufferedReader reader =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        PrintWriter writer = new PrintWriter(file.toFile(), StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        writer.println(line);
        writer.flush();
        add(line);
      }
    } catch (IOException e) {
      // A killed process's pipe may break while it is read: that is its end as well.
    } finally {
      end();
    }
  }

  private void add(String line) {
    lock.lock();
    try {
      lines.addLast(line);
      count++;
      if (lines.size() > KEPT) {
        lines.removeFirst();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  String tail() {
    lock.lock();
    try {
      return String.join("\n", lines.stream().skip(Math.max(0, lines.size() - SHOWN)).toList());
    } finally {
      lock.unlock();
    }
  }

  /** The first line after the given number of lines in which the pattern is found. */
  String await(Pattern pattern, long after, Duration limit) {
    long nanos = limit.toNanos();
    lock.lock();
    try {
      long next = after;
      while (true) {
        @Nullable String found = find(pattern, next);
        if (found != null) {
          return found;
        }
        next = Math.max(next, count);
        if (ended) {
          throw new HarnessException("the process ended without a line that matches " + pattern);
        }
        if (nanos <= 0) {
          throw new HarnessException(
              "no line matches " + pattern + " within " + limit.toMillis() + " ms");
        }
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while waiting for " + pattern, e);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was written has been read; gives up in silence. */
  void awaitEnd(Duration limit) {
    long nanos = limit.toNanos();
    lock.lock();
    try {
      while (!ended && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable String find(Pattern pattern, long after) {
    long number = count - lines.size();
    for (String line : lines) {
      number++;
      if (number > after && pattern.matcher(line).find()) {
        return line;
      }
    }
    return null;
  }
}
