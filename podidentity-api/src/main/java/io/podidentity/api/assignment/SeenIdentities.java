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
 * it, which looks every three minutes. And which targets were at rest since MIC last took something
 * off: no removal goes on there that this one, or one before it, asked for. Thread-safe.
 */
final class SeenIdentities {
  private static final Duration KEPT = Duration.ofMinutes(3);

  /** Longer than others change a target as a rule. */
  private static final Duration REST_KEPT = Duration.ofHours(1);

  private record Seen(TargetIdentities identities, Instant until) {}

  private final Clock clock;
  private final Map<ComputeTarget, Seen> targets = new ConcurrentHashMap<>();
  private final Map<ComputeTarget, Instant> restKnownUntil = new ConcurrentHashMap<>();
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
      restKnownUntil.values().removeIf(now::isAfter);
    }
    targets.put(target, new Seen(identities, now.plus(KEPT)));
    if (!identities.changing()) {
      restKnownUntil.put(target, now.plus(REST_KEPT));
    }
  }

  /** MIC is about to take something off, which may go on when nobody waits for it any more. */
  void takesOff(ComputeTarget target) {
    targets.remove(target);
    restKnownUntil.remove(target);
  }

  /** Whether it was seen at rest within the last hour, and MIC has taken nothing off since. */
  boolean wasAtRest(ComputeTarget target) {
    Instant until = restKnownUntil.get(target);
    return until != null && !clock.instant().isAfter(until);
  }

  /**
   * How much is remembered: of twice the three minutes, and of the hour and three minutes, at most.
   */
  int size() {
    return targets.size() + restKnownUntil.size();
  }

  /** What is there has to be looked for. */
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
