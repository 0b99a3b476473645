package io.podidentity.azure.config;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code azure.json}, read again from time to time: whoever rotates the cluster's secret need not
 * restart anything. By its content, so that no way of replacing it (a rename, a link of a mounted
 * Secret) goes unnoticed. One that cannot be read, as while it is being written, changes nothing;
 * nor does one that says something else at the next look: half of a YAML file is YAML too, and may
 * lack the very line that says who the cluster is. Thread-safe.
 */
public final class CloudConfigFile implements Supplier<CloudConfig>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CloudConfigFile.class);

  private final Path file;
  private final Timer timer;
  private final Duration interval;
  private final Runnable changed;
  private final Object lock = new Object();
  // Only the timer's thread looks, one look after the other.
  private volatile @Nullable CloudConfig seen;
  // Guarded by lock.
  private Subscription next = () -> {};
  private boolean closed;
  private String reported = "";

  private volatile CloudConfig current;

  /**
   * Reads the file, and begins to look at it.
   *
   * @param interval how long between two looks; positive. A change counts after two that see the
   *     same
   * @param changed called after a change, on the timer's thread
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if it cannot be read now
   */
  public CloudConfigFile(Path file, Timer timer, Duration interval, Runnable changed) {
    this.file = file;
    this.timer = timer;
    this.interval = interval;
    this.changed = changed;
    this.current = CloudConfig.fromFile(file);
    schedule();
  }

  /** The configuration; the same object until it has changed. */
  @Override
  public CloudConfig get() {
    return current;
  }

  /** Looks no more. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      next.close();
    }
  }

  private void look() {
    try {
      CloudConfig read = CloudConfig.fromFile(file);
      boolean isNew = !read.equals(current);
      boolean stays = isNew && read.equals(seen);
      seen = isNew && !stays ? read : null;
      said("");
      if (stays) {
        log.info("{} has changed and is used from now on", file);
        current = read;
        changed.run();
      }
    } catch (PodIdentityException e) {
      seen = null;
      // Once for each problem: it may last.
      String problem = String.valueOf(e.getMessage());
      if (said(problem)) {
        log.warn("what was read before stays in use: {}", problem);
      }
    } finally {
      schedule();
    }
  }

  private boolean said(String problem) {
    synchronized (lock) {
      boolean isNew = !problem.equals(reported);
      reported = problem;
      return isNew;
    }
  }

  private void schedule() {
    synchronized (lock) {
      if (!closed) {
        next = timer.schedule(interval, this::look);
      }
    }
  }
}
