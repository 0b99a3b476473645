package io.podidentity.harness.process;

import io.podidentity.harness.Cleanup;
import io.podidentity.harness.HarnessException;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs beside the test. Both its outputs go to one log file; failures of the methods
 * below show the end of it. It is killed when the JVM exits, however that happens.
 *
 * <p>Signals go to this process only, by its ID. {@code ip netns exec} replaces itself by the
 * program it is given, so that ID is the program's own; children that a start script leaves behind
 * are killed with it. Thread-safe.
 */
public final class ManagedProcess implements AutoCloseable {

  static final File NOTHING = new File("/dev/null");

  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private final Command command;
  private final Process process;
  private final ProcessOutput output;
  private final Cleanup cleanup;

  private ManagedProcess(Command command, Process process, ProcessOutput output) {
    this.command = command;
    this.process = process;
    this.output = output;
    this.cleanup = Cleanup.atExit(this::destroy);
  }

  static ManagedProcess start(Command command, String label) {
    if (command.input() != null) {
      throw new IllegalArgumentException("a long-running process reads nothing: " + command.line());
    }
    ProcessOutput output = new ProcessOutput(LogFiles.next(label));
    ProcessBuilder builder =
        command.builder().redirectErrorStream(true).redirectInput(Redirect.from(NOTHING));
    Process process = Spawner.spawn(builder);
    output.readFrom(process.getInputStream(), label);
    return new ManagedProcess(command, process, output);
  }

  /** The program's process ID. */
  public long pid() {
    return process.pid();
  }

  /** Whether it has not ended; a frozen process is alive. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The file with all it wrote. */
  public Path log() {
    return output.file();
  }

  /** The last lines it wrote. */
  public String tail() {
    return output.tail();
  }

  /** How many lines it has written so far; see {@link #awaitLine(Pattern, long, Duration)}. */
  public long lineCount() {
    return output.count();
  }

  /**
   * Waits for a line in which the pattern is found; lines written before the call count too.
   *
   * @return the whole line
   * @throws HarnessException if there is none in time, or the process ends without it
   */
  public String awaitLine(Pattern pattern, Duration limit) {
    return awaitLine(pattern, 0, limit);
  }

  /**
   * As {@link #awaitLine(Pattern, Duration)}, but only lines after the given number of lines count:
   * for something that was said before and is expected again.
   *
   * @param after a former {@link #lineCount()}
   */
  public String awaitLine(Pattern pattern, long after, Duration limit) {
    try {
      return output.await(pattern, after, limit);
    } catch (HarnessException e) {
      throw failure(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Waits until it ends.
   *
   * @return its exit code: 128 plus the signal's number if a signal ended it
   * @throws HarnessException if it does not end in time; it goes on running then
   */
  public int awaitExit(Duration limit) {
    if (!exits(limit)) {
      throw failure("it did not end within " + limit.toMillis() + " ms", null);
    }
    output.awaitEnd(Duration.ofSeconds(1));
    return process.exitValue();
  }

  /**
   * Sends a signal to it.
   *
   * @throws HarnessException if it has ended already
   */
  public void signal(Signal signal) {
    if (!process.isAlive()) {
      throw failure("no signal " + signal + " to a process that has ended", null);
    }
    // The JDK sends TERM and KILL only. `kill` of the shell is there wherever a shell is.
    Command.of("sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal.name(), Long.toString(pid()))
        .output();
  }

  /**
   * Asks it to end by TERM (going on first, should it be frozen), and kills it after the limit.
   *
   * @param limit how long it may take to end by itself
   * @return its exit code; 137 if it had to be killed
   */
  public int stop(Duration limit) {
    List<ProcessHandle> children = process.descendants().toList();
    if (process.isAlive()) {
      // Process.destroy() would close the pipe as well, and a last log line would break it.
      process.toHandle().destroy();
      resume();
      exits(limit);
    }
    children.forEach(ProcessHandle::destroyForcibly);
    kill();
    return process.exitValue();
  }

  /** Kills it and its children at once, and waits until it is gone. */
  public void kill() {
    cleanup.run();
  }

  private void destroy() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
    if (!exits(KILL_LIMIT)) {
      throw failure("it survives SIGKILL", null);
    }
    output.awaitEnd(Duration.ofSeconds(1));
  }

  /** As {@link #kill()}. */
  @Override
  public void close() {
    kill();
  }

  /**
   * Its resident memory in MiB: {@code VmRSS} of {@code /proc/PID/status}.
   *
   * @throws HarnessException if it has ended
   */
  public double residentMib() {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
      String line =
          lines.filter(text -> text.startsWith("VmRSS:")).findFirst().orElseThrow(IOException::new);
      return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
    } catch (IOException e) {
      throw failure("its memory cannot be read", e);
    }
  }

  private void resume() {
    try {
      signal(Signal.CONT);
    } catch (HarnessException e) {
      if (process.isAlive()) {
        throw e;
      }
    }
  }

  private boolean exits(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("interrupted while waiting for its end", e);
    }
  }

  private HarnessException failure(String what, @Nullable Throwable cause) {
    String message =
        what
            + "\nprocess "
            + pid()
            + ": "
            + command.line()
            + "\nlog "
            + log()
            + " ends:\n"
            + tail();
    return cause == null ? new HarnessException(message) : new HarnessException(message, cause);
  }
}
