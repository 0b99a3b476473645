package io.podidentity.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * MIC or NMI as a program of its own, instead of in the sandbox's process. Closing it ends it as
 * Kubernetes does, and waits: a program in training makes its ahead-of-time cache then.
 */
final class ProgramProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(1);
  private static final Duration END = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Path program;
  private final Process process;

  private ProgramProcess(Path program, Process process) {
    this.program = program;
    this.process = process;
  }

  /**
   * Starts it. Its output is the sandbox's.
   *
   * @param program its start script
   */
  static ProgramProcess start(Path program, List<String> flags, Map<String, String> environment) {
    List<String> words = new ArrayList<>(List.of(program.toString()));
    words.addAll(flags);
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    builder.environment().putAll(environment);
    try {
      return new ProgramProcess(program, builder.start());
    } catch (IOException e) {
      throw new SandboxException("cannot start " + program + ": " + e.getMessage(), e);
    }
  }

  /** Waits until it listens on a port of the loopback interface. */
  void awaitListening(int port) {
    long end = System.nanoTime() + START.toNanos();
    boolean ended = false;
    while (!listens(port)) {
      if (ended || System.nanoTime() > end) {
        throw new SandboxException(program + " does not listen on port " + port + "; see above");
      }
      try {
        ended = process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SandboxException("interrupted", e);
      }
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new SandboxException(program + " did not end");
    }
    if (process.exitValue() != 0) {
      throw new SandboxException(program + " ended with status " + process.exitValue());
    }
  }
}
