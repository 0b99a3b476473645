package io.podidentity.api.assignment;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.ResourceId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Identities that failed on a target by a fault of their own, each left alone for a while, longer
 * each time. In memory: a new leader tries each once more. Thread-safe.
 */
final class Quarantine {
  /** After so long without a new failure one is forgotten. */
  private static final Duration FORGOTTEN = Duration.ofHours(1);

  /**
   * What failed.
   *
   * @param clientId the client ID that was wrong, in lower case; null if Azure refused the identity
   *     whoever names it
   */
  private record Case(ComputeTarget target, ResourceId id, @Nullable String clientId) {}

  private record Sentence(int failures, Instant since, Instant until) {}

  private final RetryPolicy ofRefused;
  private final Clock clock;
  private final Map<Case, Sentence> cases = new ConcurrentHashMap<>();
  // Since when it is known of what was refused that nothing of it is on its target.
  private final Map<Case, Instant> off = new ConcurrentHashMap<>();

  Quarantine(RetryPolicy ofRefused, Clock clock) {
    this.ofRefused = ofRefused;
    this.clock = clock;
  }

  /** Azure refused to attach it. Returns how long it is left alone. */
  Duration refused(ComputeTarget target, ResourceId id) {
    return add(new Case(target, id, null), ofRefused);
  }

  /** Azure is about to be asked to attach them. */
  void tries(ComputeTarget target, Collection<ResourceId> ids) {
    ids.forEach(id -> off.remove(new Case(target, id, null)));
  }

  /** It was refused, and is not there. */
  void isOff(ComputeTarget target, ResourceId id) {
    Instant now = clock.instant();
    off.values().removeIf(since -> now.isAfter(since.plus(FORGOTTEN)));
    off.put(new Case(target, id, null), now);
  }

  /** Whether, if it is there now, others put it there: all that was tried was refused. */
  boolean isOthers(ComputeTarget target, ResourceId id) {
    return off.containsKey(new Case(target, id, null));
  }

  /** Its client ID is not the one that Azure reports. Returns how long it is left alone. */
  Duration mismatched(ComputeTarget target, ManagedIdentity identity) {
    return add(new Case(target, identity.resourceId(), folded(identity)), ofRefused);
  }

  /** Azure attached it and does not show it yet. Returns how long it is left alone. */
  Duration notShown(ComputeTarget target, ResourceId id) {
    return add(new Case(target, id, null), RetryPolicy.DEFAULT);
  }

  /** How often it was found with another client ID than its own, or none, in a row. */
  int mismatches(ComputeTarget target, ManagedIdentity identity) {
    Sentence known = cases.get(new Case(target, identity.resourceId(), folded(identity)));
    return known == null ? 0 : known.failures;
  }

  /** It is attached. */
  void attached(ComputeTarget target, ResourceId id) {
    cases.remove(new Case(target, id, null));
  }

  /** It is attached and what it says it is. */
  void verified(ComputeTarget target, ManagedIdentity identity) {
    cases.remove(new Case(target, identity.resourceId(), folded(identity)));
  }

  /** Whether Azure refused it before: it is tried apart from others. */
  boolean isSuspect(ComputeTarget target, ResourceId id) {
    return cases.containsKey(new Case(target, id, null));
  }

  /** How long it is to be left alone; null if it may be tried. */
  @Nullable Duration left(ComputeTarget target, ManagedIdentity identity) {
    Duration refused = left(cases.get(new Case(target, identity.resourceId(), null)));
    Duration mismatched =
        left(cases.get(new Case(target, identity.resourceId(), folded(identity))));
    return refused == null ? mismatched : refused;
  }

  private @Nullable Duration left(@Nullable Sentence sentence) {
    if (sentence == null) {
      return null;
    }
    Instant now = clock.instant();
    Duration left = Duration.between(now, sentence.until);
    // A clock that was set back must not make it last.
    boolean isOver = left.isNegative() || left.isZero() || now.isBefore(sentence.since);
    return isOver ? null : left;
  }

  private Duration add(Case failed, RetryPolicy policy) {
    Instant now = clock.instant();
    cases.values().removeIf(sentence -> now.isAfter(sentence.until.plus(FORGOTTEN)));
    Sentence known = cases.get(failed);
    int failures = known == null ? 1 : known.failures + 1;
    Duration rest = policy.rest(failures, null);
    cases.put(failed, new Sentence(failures, now, now.plus(rest)));
    return rest;
  }

  private static String folded(ManagedIdentity identity) {
    return identity.clientId().value().toLowerCase(Locale.ROOT);
  }
}
