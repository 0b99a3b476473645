package io.podidentity.testkit.http;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The fault dial of one simulator. Faults are used up in the order they were given; a request takes
 * at most one, the first that applies to it. Safe for use by several threads.
 */
public final class Faults {
  private final Object lock = new Object();
  private final List<Scheduled> scheduled = new ArrayList<>();
  private final List<Hold> holds = new ArrayList<>();

  Faults() {}

  /** Applies {@code fault} to the next {@code times} requests that it applies to. */
  public void next(int times, Fault fault) {
    if (times < 1) {
      throw new IllegalArgumentException("times must be 1 or more: " + times);
    }
    synchronized (lock) {
      scheduled.add(new Scheduled(fault, times));
    }
  }

  /** Applies {@code fault} to the next request that it applies to. */
  public void next(Fault fault) {
    next(1, fault);
  }

  /** Applies {@code fault} until {@link #clear}. */
  public void always(Fault fault) {
    next(Integer.MAX_VALUE, fault);
  }

  /**
   * Stops every matching request at {@code point} until the hold is released, so that a test can
   * look around, or kill its client, at exactly that moment.
   */
  public Hold hold(Hold.Point point, Predicate<RecordedRequest> when) {
    Hold hold = new Hold(point, when);
    synchronized (lock) {
      holds.removeIf(Hold::isReleased);
      holds.add(hold);
    }
    return hold;
  }

  /** Forgets all faults and releases all holds. */
  public void clear() {
    List<Hold> released;
    synchronized (lock) {
      scheduled.clear();
      released = List.copyOf(holds);
      holds.clear();
    }
    released.forEach(Hold::release);
  }

  /** How many faults are still to come; {@link Integer#MAX_VALUE} with one for ever. */
  public int pending() {
    synchronized (lock) {
      long sum = scheduled.stream().mapToLong(one -> one.left).sum();
      return (int) Math.min(sum, Integer.MAX_VALUE);
    }
  }

  Optional<Fault> take(RecordedRequest request) {
    synchronized (lock) {
      Iterator<Scheduled> each = scheduled.iterator();
      while (each.hasNext()) {
        Scheduled one = each.next();
        if (one.fault.when().test(request)) {
          if (one.left != Integer.MAX_VALUE && --one.left == 0) {
            each.remove();
          }
          return Optional.of(one.fault);
        }
      }
      return Optional.empty();
    }
  }

  List<Hold> holdsAt(Hold.Point point, RecordedRequest request) {
    synchronized (lock) {
      return holds.stream().filter(hold -> hold.appliesTo(point, request)).toList();
    }
  }

  private static final class Scheduled {
    private final Fault fault;
    private int left;

    Scheduled(Fault fault, int left) {
      this.fault = fault;
      this.left = left;
    }
  }
}
