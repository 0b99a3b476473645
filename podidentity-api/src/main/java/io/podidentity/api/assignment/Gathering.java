package io.podidentity.api.assignment;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one target that become one: those within a window, which ends early once no more have
 * come for a quarter of it. It is counted in slices, so that it needs no clock but an alarm. Not
 * thread-safe.
 */
final class Gathering {
  private static final int SLICES = 8;
  private static final int QUIET = 2;

  private final Duration slice;
  private @Nullable TargetPlan plan;
  private boolean grew;
  private int ended;
  private int quiet;

  /**
   * One that begins.
   *
   * @param window how long it lasts at most; positive
   * @param waited how long the change that begins it may have waited already
   */
  Gathering(Duration window, Duration waited) {
    this.slice = window.dividedBy(SLICES);
    // One at least is left, for what comes with it.
    this.ended = (int) Math.min(SLICES - 1, waited.toNanos() / Math.max(1, slice.toNanos()));
  }

  /** The alarm's time: {@link #sliceEnded} is to be asked so much later. */
  Duration slice() {
    return slice;
  }

  /** The plan of the target is this one now. */
  void planned(TargetPlan now) {
    grew |= !now.equals(plan);
    plan = now;
  }

  /** Whether that was the last one. */
  boolean sliceEnded() {
    ended++;
    quiet = grew ? 0 : quiet + 1;
    grew = false;
    return ended >= SLICES || quiet >= QUIET;
  }
}
