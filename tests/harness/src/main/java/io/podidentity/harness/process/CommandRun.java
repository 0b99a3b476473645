package io.podidentity.harness.process;

import io.podidentity.harness.HarnessException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a command to its end. Both outputs are read at once, so that neither can block it. */
final class CommandRun {

  private static final Executor READERS =
      task -> {
        Thread thread = new Thread(task, "harness-reader");
        thread.setDaemon(true);
        thread.start();
      };

  private CommandRun() {}

  static CommandResult of(Command command) {
    ProcessBuilder builder = command.builder();
    if (command.input() == null) {
      builder.redirectInput(Redirect.from(ManagedProcess.NOTHING));
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new HarnessException("starting: " + command.line(), e);
    }
    CompletableFuture<String> stdout = read(process.getInputStream());
    CompletableFuture<String> stderr = read(process.getErrorStream());
    write(process, command);
    try {
      long millis = command.timeout().toMillis();
      if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        throw new HarnessException("not done within " + millis + " ms: " + command.line());
      }
      // A child that it left behind may hold its outputs open: the limit covers these too.
      return new CommandResult(
          process.exitValue(),
          stdout.get(millis, TimeUnit.MILLISECONDS),
          stderr.get(millis, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while running: " + command.line(), e);
    } catch (ExecutionException | TimeoutException e) {
      throw new HarnessException("reading the output of: " + command.line(), e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static CompletableFuture<String> read(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        READERS);
  }

  private static void write(Process process, Command command) {
    String input = command.input();
    if (input == null) {
      return;
    }
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended without reading all of it; its exit code and its messages say more than this.
    }
  }
}
