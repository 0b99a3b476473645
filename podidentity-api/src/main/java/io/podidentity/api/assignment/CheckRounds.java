package io.podidentity.api.assignment;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/**
 * Says when to look at what is on each target. The targets are spread over the interval by their
 * IDs, each in the same place of each round, so that they do not all come at once; a round takes as
 * long as the interval, or up to a tenth longer, so that several processes do not stay in step.
 * Thread-safe.
 */
final class CheckRounds implements AutoCloseable {
  /**
   * What is to be looked at now.
   *
   * @param parts of the round
   * @param again targets whose turn has passed
   */
  record Due(Set<Integer> parts, Set<ComputeTarget> again) implements Predicate<ComputeTarget> {
    static final Due NOTHING = new Due(Set.of(), Set.of());

    @Override
    public boolean test(ComputeTarget target) {
      return parts.contains(Math.floorMod(target.hashCode(), PARTS)) || again.contains(target);
    }
  }

  private static final int PARTS = 16;
  private static final double JITTER = 0.1;

  private final Timer timer;
  private final Duration part;
  private final Runnable nudge;
  private final DoubleSupplier chance;

  private final Object lock = new Object();
  // Guarded by lock.
  private final Set<Integer> due = new HashSet<>();
  private final Set<ComputeTarget> postponed = new HashSet<>();
  private int current;
  private boolean closed;
  private Subscription alarm = () -> {};

  /**
   * Rounds that have not begun.
   *
   * @param interval of a round; zero for none at all
   * @param nudge called when targets are due
   * @param chance from 0 to 1, for how much longer a round takes
   */
  CheckRounds(Timer timer, Duration interval, Runnable nudge, DoubleSupplier chance) {
    this.timer = timer;
    this.chance = chance;
    this.part = interval.dividedBy(PARTS);
    this.nudge = nudge;
  }

  void start() {
    synchronized (lock) {
      if (!closed && !part.isZero()) {
        long longer = (long) (part.toNanos() * JITTER * chance.getAsDouble());
        alarm = timer.schedule(part.plusNanos(longer), this::next);
      }
    }
  }

  /** What is due since it was asked last, and what was postponed. */
  Due take() {
    synchronized (lock) {
      Due taken = new Due(Set.copyOf(due), Set.copyOf(postponed));
      due.clear();
      postponed.clear();
      return taken;
    }
  }

  /** What was taken for a plan that came to nothing: it is due again the next time. */
  void giveBack(Due taken) {
    synchronized (lock) {
      due.addAll(taken.parts);
      postponed.addAll(taken.again);
    }
  }

  /** What was due and could not be looked at: it is due again the next time. */
  void postpone(Set<ComputeTarget> targets) {
    synchronized (lock) {
      postponed.addAll(targets);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      alarm.close();
    }
  }

  private void next() {
    synchronized (lock) {
      due.add(current);
      current = (current + 1) % PARTS;
    }
    start();
    // Last: it throws if the machine is out of threads.
    nudge.run();
  }
}
