package io.podidentity.api.assignment;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.ResourceId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

  private record Sentence(int failures, Instant until) {}

  private final RetryPolicy ofRefused;
  private final Clock clock;
  private final Map<Case, Sentence> cases = new ConcurrentHashMap<>();

  Quarantine(RetryPolicy ofRefused, Clock clock) {
    this.ofRefused = ofRefused;
    this.clock = clock;
  }

  /** Azure refused to attach it. Returns how long it is left alone. */
  Duration refused(ComputeTarget target, ResourceId id) {
    return add(new Case(target, id, null), ofRefused);
  }

  /** Its client ID is not the one that Azure reports. Returns how long it is left alone. */
  Duration mismatched(ComputeTarget target, ManagedIdentity identity) {
    return add(new Case(target, identity.resourceId(), folded(identity)), ofRefused);
  }

  /** Azure attached it and does not show it yet. Returns how long it is left alone. */
  Duration notShown(ComputeTarget target, ResourceId id) {
    return add(new Case(target, id, null), RetryPolicy.DEFAULT);
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
    Duration left = Duration.between(clock.instant(), sentence.until);
    return left.isNegative() || left.isZero() ? null : left;
  }

  private Duration add(Case failed, RetryPolicy policy) {
    Instant now = clock.instant();
    cases.values().removeIf(sentence -> now.isAfter(sentence.until.plus(FORGOTTEN)));
    Sentence known = cases.get(failed);
    int failures = known == null ? 1 : known.failures + 1;
    Duration rest = policy.rest(failures, null);
    cases.put(failed, new Sentence(failures, now.plus(rest)));
    return rest;
  }

  private static String folded(ManagedIdentity identity) {
    return identity.clientId().value().toLowerCase(Locale.ROOT);
  }
}
