package io.podidentity.testkit;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A timer that stands still until it is advanced. What falls due runs on the thread that advances
 * it, in the order of its time, and, at the same time, in the order in which it was scheduled. Safe
 * for use by several threads, of which one at a time should advance it.
 */
public final class ManualTimer implements Timer {
  private static final Comparator<Task> ORDER =
      Comparator.comparing(Task::due).thenComparingLong(Task::number);

  private final Object lock = new Object();
  // Guarded by lock.
  private final PriorityQueue<Task> tasks = new PriorityQueue<>(ORDER);
  private final @Nullable MutableClock clock;
  private Duration now = Duration.ZERO;
  private long scheduled;

  /** A timer that starts at zero and moves no clock. */
  public ManualTimer() {
    this(null);
  }

  /**
   * A timer that moves a clock along, so that a task that reads the clock sees the time at which it
   * was due.
   *
   * @param clock null for none
   */
  public ManualTimer(@Nullable MutableClock clock) {
    this.clock = clock;
  }

  @Override
  public Subscription schedule(Duration delay, Runnable task) {
    requireNonNull(task, "task");
    synchronized (lock) {
      Duration due = delay.isNegative() ? now : now.plus(delay);
      Task entry = new Task(due, scheduled++, task);
      tasks.add(entry);
      return () -> cancel(entry);
    }
  }

  /**
   * Moves on, and runs all that falls due on the way, also what is scheduled on the way. A task
   * that throws stops it there.
   *
   * @param by zero or more; zero runs what is due now
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("by must not be negative: " + by);
    }
    Duration end;
    synchronized (lock) {
      end = now.plus(by);
    }
    for (Task task = nextDue(end); task != null; task = nextDue(end)) {
      task.action().run();
    }
  }

  /** How many tasks wait for their time. */
  public int pending() {
    synchronized (lock) {
      return tasks.size();
    }
  }

  /**
   * Takes the next task that is due by then, and moves to its time; to the end if there is none.
   */
  private @Nullable Task nextDue(Duration end) {
    synchronized (lock) {
      Task next = tasks.peek();
      boolean due = next != null && next.due().compareTo(end) <= 0;
      moveTo(due && next != null ? next.due() : end);
      return due ? tasks.poll() : null;
    }
  }

  private void moveTo(Duration time) {
    if (time.compareTo(now) > 0) {
      if (clock != null) {
        clock.advance(time.minus(now));
      }
      now = time;
    }
  }

  private void cancel(Task task) {
    synchronized (lock) {
      tasks.remove(task);
    }
  }

  /** Equal only to itself: each has its own number. */
  private record Task(Duration due, long number, Runnable action) {}
}
