package io.podidentity.api.assignment;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen on each target, for three minutes: another pod for what is there already costs
 * no call. What somebody takes off meanwhile is missed no longer than AAD Pod Identity v1 misses
 * it, which looks every three minutes. Thread-safe.
 */
final class SeenIdentities {
  private static final Duration KEPT = Duration.ofMinutes(3);

  private record Seen(TargetIdentities identities, Instant until) {}

  private final Clock clock;
  private final Map<ComputeTarget, Seen> targets = new ConcurrentHashMap<>();
  private volatile Instant nextSweep = Instant.MIN;

  SeenIdentities(Clock clock) {
    this.clock = clock;
  }

  void saw(ComputeTarget target, TargetIdentities identities) {
    Instant now = clock.instant();
    if (now.isAfter(nextSweep)) {
      // Machines come and go, and nobody asks again for those that are gone.
      nextSweep = now.plus(KEPT);
      targets.values().removeIf(seen -> now.isAfter(seen.until));
    }
    targets.put(target, new Seen(identities, now.plus(KEPT)));
  }

  /** How many targets are remembered: at most those of twice the three minutes. */
  int size() {
    return targets.size();
  }

  void forget(ComputeTarget target) {
    targets.remove(target);
  }

  /** Whether each of them was seen there lately; so of none. */
  boolean haveAll(@Nullable ComputeTarget target, Collection<ResourceId> ids) {
    TargetIdentities lately = ids.isEmpty() || target == null ? null : lately(target);
    return ids.isEmpty() || (lately != null && ids.stream().allMatch(lately::has));
  }

  /** Null if it was not seen lately. */
  @Nullable TargetIdentities lately(ComputeTarget target) {
    Seen seen = targets.get(target);
    if (seen == null) {
      return null;
    }
    if (clock.instant().isAfter(seen.until)) {
      targets.remove(target, seen);
      return null;
    }
    return seen.identities;
  }
}
