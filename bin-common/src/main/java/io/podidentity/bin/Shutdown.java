package io.podidentity.bin;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a program: on SIGTERM and SIGINT its parts are closed, and it exits with 0. By itself
 * a JVM would exit with 143, which Kubernetes shows as an error.
 */
public final class Shutdown {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  private final AutoCloseable parts;
  private final Duration bound;
  private final AtomicInteger exitCode = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  private Shutdown(AutoCloseable parts, Duration bound) {
    this.parts = parts;
    this.bound = bound;
  }

  /**
   * Has the parts closed when the process is told to end.
   *
   * @param parts closed once, on a thread of its own
   * @param bound how long closing may take; then the process ends all the same
   */
  public static Shutdown install(AutoCloseable parts, Duration bound) {
    Shutdown shutdown = new Shutdown(parts, bound);
    Runtime.getRuntime().addShutdownHook(new Thread(shutdown::end, "shutdown"));
    return shutdown;
  }

  /**
   * Ends the process as SIGTERM does, but with another exit code. Does not return; may be called
   * from any thread, but not while parts are being closed.
   */
  public void exit(int code) {
    exitCode.compareAndSet(0, code);
    System.exit(code);
  }

  private void end() {
    log.info("stopping");
    Thread closer = new Thread(this::closeParts, "close-parts");
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(bound.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (over.get()) {
      log.info("stopped");
    } else {
      log.warn("stopped before everything was closed bound={}", bound);
    }
    // The one way to choose the exit code here; hooks of others have no part in these programs.
    Runtime.getRuntime().halt(exitCode.get());
  }

  private void closeParts() {
    try {
      parts.close();
    } catch (Exception e) {
      log.warn("cannot close everything", e);
    } finally {
      over.set(true);
    }
  }
}
