package io.podidentity.testkit.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A bounded list that grows at its end, and on which threads can wait for a condition. */
final class Waiting<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<T> items = new ArrayDeque<>();
  private final int limit;

  Waiting(int limit) {
    this.limit = limit;
  }

  /** Adds an item; the oldest one falls out when the limit is passed. */
  void add(T item) {
    lock.lock();
    try {
      items.addLast(item);
      if (items.size() > limit) {
        items.removeFirst();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<T> all() {
    lock.lock();
    try {
      return List.copyOf(items);
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      items.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Waits in real time, woken by every addition. */
  List<T> await(Predicate<List<T>> until, Duration atMost, Supplier<String> what) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      List<T> now = List.copyOf(items);
      while (!until.test(now)) {
        if (left <= 0) {
          throw new AssertionError(
              "waited " + atMost + " in vain for " + what.get() + "; there are: " + now);
        }
        left = changed.awaitNanos(left);
        now = List.copyOf(items);
      }
      return now;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what.get(), interrupted);
    } finally {
      lock.unlock();
    }
  }
}
