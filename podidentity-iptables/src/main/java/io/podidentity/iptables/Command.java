package io.podidentity.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A program to be run to its end, in the locale C, without a shell. Its output is handed on line by
 * line; of its errors the beginning is kept.
 *
 * @param words the program and its arguments
 * @param environment variables set in addition to this process's
 * @param timeout how long it may take; then it is killed
 */
record Command(List<String> words, Map<String, String> environment, Duration timeout) {
  /**
   * How it ended.
   *
   * @param exitCode its exit code
   * @param errors the beginning of what it wrote to its standard error
   */
  record Result(int exitCode, String errors) {}

  private static final int KEPT_ERRORS = 4096;

  /** After its end only a child that it left behind can hold its outputs open. */
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /**
   * Runs it.
   *
   * @param input what it reads from its standard input; short
   * @param output is given each line of its standard output, on another thread, before this returns
   * @throws IOException if it cannot be started, or its output cannot be read
   * @throws TimeoutException if it did not end in time; it is dead then
   * @throws InterruptedException if the calling thread was interrupted; it is dead then
   */
  Result run(String input, Consumer<String> output)
      throws IOException, InterruptedException, TimeoutException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      FutureTask<Boolean> lines = reader(() -> handOn(process.getInputStream(), output));
      FutureTask<String> errors = reader(() -> beginning(process.getErrorStream()));
      write(process, input);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException();
      }
      lines.get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
      return new Result(process.exitValue(), errors.get(DRAIN.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      throw new IOException("its output cannot be read", e.getCause());
    } finally {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  private static boolean handOn(InputStream stream, Consumer<String> output) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      reader.lines().forEach(output);
      return true;
    }
  }

  private static String beginning(InputStream stream) throws IOException {
    try (stream) {
      byte[] kept = stream.readNBytes(KEPT_ERRORS);
      // Whoever is not read from blocks in the end.
      stream.transferTo(OutputStream.nullOutputStream());
      return new String(kept, StandardCharsets.UTF_8);
    }
  }

  private static void write(Process process, String input) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended before it had read all; its exit code and its errors say more.
    }
  }

  private static <T> FutureTask<T> reader(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "iptables-output");
    thread.setDaemon(true);
    thread.start();
    return task;
  }
}
