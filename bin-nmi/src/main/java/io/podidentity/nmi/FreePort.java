package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for ports that another process has, until it is closed. Thread-safe. */
final class FreePort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FreePort.class);

  private static final Duration RETRY = Duration.ofMillis(500);

  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Listens, as soon as the port is free.
   *
   * @param listen may be called again after it failed
   * @throws PodIdentityException what {@code listen} throws if it is not for another process; with
   *     {@code SHUTTING_DOWN} if this is closed meanwhile
   */
  <T> T await(Supplier<T> listen) {
    boolean told = false;
    while (true) {
      try {
        return listen.get();
      } catch (PodIdentityException e) {
        if (!isInUse(e)) {
          throw e;
        }
        if (!told) {
          log.warn(
              "waiting for a port of another process, such as an NMI that is ending: {}",
              e.getMessage());
          told = true;
        }
      }
      rest();
    }
  }

  private void rest() {
    boolean isOver;
    try {
      isOver = closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      isOver = true;
    }
    if (isOver) {
      throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "stopped while waiting for a port");
    }
  }

  /** Not if the address is not this machine's, which is a BindException too. */
  private static boolean isInUse(Throwable error) {
    for (@Nullable Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
