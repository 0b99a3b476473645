package io.podidentity.k8s;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that wait to be written: warnings first, since somebody may be looking for what is wrong,
 * and nobody for what is well. Neither takes room of the other. There is room for a warning about
 * each pod when a whole cluster goes wrong; what finds none is lost, which is said when it begins,
 * and how many they were when it is over. Thread-safe.
 */
final class EventQueue {
  /** A KiB each, or two: 5,000 pods may fail at once, and once more before all is written. */
  static final int MOST_WARNINGS = 10_000;

  static final int MOST_OTHERS = 1_000;

  private static final int MANY = MOST_OTHERS / 2;
  private static final Logger log = LoggerFactory.getLogger(EventQueue.class);

  /**
   * One that waits.
   *
   * @param now what it is dated
   * @param since when its wait began: {@link System#nanoTime()}
   */
  record Waiting(EventLog.Entry entry, Instant now, long since) {
    boolean isWarning() {
      return entry.type().equals(EventLog.WARNING);
    }
  }

  // All guarded by this.
  private final Queue<Waiting> warnings = new ArrayDeque<>();
  private final Queue<Waiting> others = new ArrayDeque<>();
  private int lost;

  /** Whether there was room. */
  synchronized boolean add(Waiting event) {
    boolean room =
        event.isWarning() ? warnings.size() < MOST_WARNINGS : others.size() < MOST_OTHERS;
    if (room) {
      (event.isWarning() ? warnings : others).add(event);
    } else if (++lost == 1) {
      log.warn(
          "events are lost from now on, too many wait: the first has reason={} message={}",
          event.entry().reason(),
          event.entry().message());
    }
    return room;
  }

  /** It is not to be written. */
  synchronized void remove(Waiting event) {
    var unused = (event.isWarning() ? warnings : others).remove(event);
  }

  /** The next one; null if none waits. */
  synchronized @Nullable Waiting next() {
    Waiting warning = warnings.poll();
    Waiting next = warning == null ? others.poll() : warning;
    if (lost > 0 && !isLong()) {
      log.warn("events were lost, too many waited: count={}", lost);
      lost = 0;
    }
    return next;
  }

  /** Whether so many wait that the next ones may be lost soon. */
  synchronized boolean isLong() {
    return warnings.size() + others.size() >= MANY;
  }

  /** How many were lost since the queue was short the last time. */
  synchronized int lost() {
    return lost;
  }
}
