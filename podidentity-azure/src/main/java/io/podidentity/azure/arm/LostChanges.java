package io.podidentity.azure.arm;

import io.podidentity.api.model.ComputeTarget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Changes whose end has not been seen: what their targets show of them now may not be what comes of
 * them. Each is remembered for a time in which Azure has ended it, since its target may never be
 * asked for again. Thread-safe.
 */
final class LostChanges {
  /**
   * A change.
   *
   * @param ids what it is about: resource IDs, in lower case
   */
  private record Change(Set<String> ids, Instant until) {}

  private final Clock clock;
  private final Duration remembered;
  private final Map<ComputeTarget, Change> changes = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param remembered after which Azure is not at it any more; positive
   */
  LostChanges(Clock clock, Duration remembered) {
    this.clock = clock;
    this.remembered = remembered;
  }

  /** One begins, and is lost unless its end is told. */
  void begins(ComputeTarget target, Set<String> ids) {
    Instant now = clock.instant();
    changes.values().removeIf(change -> now.isAfter(change.until));
    changes.put(target, new Change(Set.copyOf(ids), now.plus(remembered)));
  }

  /** There is none at that target. */
  void ended(ComputeTarget target) {
    changes.remove(target);
  }

  /** What may still change on a target: resource IDs, in lower case; empty if there is nothing. */
  Set<String> at(ComputeTarget target) {
    Change change = changes.get(target);
    return change == null || clock.instant().isAfter(change.until) ? Set.of() : change.ids;
  }

  /** How many are remembered. */
  int size() {
    return changes.size();
  }
}
