package io.podidentity.bin;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a program that have to be closed: the last one added is closed first. A part that
 * cannot be closed is logged and does not keep the others open. Thread-safe.
 */
public final class Parts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);

  private final Object lock = new Object();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;

  /** Adds a part, or closes it at once if the others are closed already. */
  public <T extends AutoCloseable> T add(T part) {
    synchronized (lock) {
      if (!closed) {
        parts.push(part);
        return part;
      }
    }
    close(part);
    return part;
  }

  @Override
  public void close() {
    Deque<AutoCloseable> open;
    synchronized (lock) {
      closed = true;
      open = new ArrayDeque<>(parts);
      parts.clear();
    }
    open.forEach(Parts::close);
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.warn("cannot close part={}", part.getClass().getSimpleName(), e);
    }
  }
}
