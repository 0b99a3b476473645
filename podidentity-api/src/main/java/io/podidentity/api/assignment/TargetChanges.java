package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The target's side of one run: what can be put on the target and taken off, and what pods can use
 * there. Of the run's own thread, but for {@link #isOthers}.
 */
final class TargetChanges {
  /** 10 s, 20 s and 40 s apart. */
  private static final int LOOKS = 3;

  // Null if the plan's records name no machine.
  private final @Nullable LiveTarget live;
  private final Set<String> immutable;
  private final Quarantine quarantine;
  private final int limit;
  private final RunFailures failures;
  private final Map<ResourceId, PodIdentityException> notAttached = new HashMap<>();
  // One try, however many pods use the identity.
  private final Map<ManagedIdentity, Duration> mismatched = new HashMap<>();
  private final Map<ResourceId, Duration> notShown = new HashMap<>();
  private @Nullable Duration heldFor;

  TargetChanges(
      TargetPlan plan,
      ComputeIdentities compute,
      SeenIdentities seen,
      Quarantine quarantine,
      int limit,
      RunFailures failures) {
    ComputeTarget target = plan.target();
    this.live =
        target == null
            ? null
            : new LiveTarget(target, plan.doubted(), compute, seen, quarantine, failures);
    this.immutable = plan.immutable();
    this.quarantine = quarantine;
    this.limit = limit;
    this.failures = failures;
  }

  /** Whether it failed lately by a fault of its own, and is not tried in this run. */
  boolean isHeld(AzureIdentity identity) {
    if (live == null || !(identity.credential() instanceof ManagedIdentity managed)) {
      return false;
    }
    Duration left = quarantine.left(live.target(), managed);
    if (left != null) {
      hold(left);
    }
    return left != null;
  }

  /** How long it is until the next try of what was refused; null if nothing was. */
  @Nullable Duration heldFor() {
    return heldFor;
  }

  /**
   * Finds out what is there.
   *
   * @param anew whether what was seen lately will not do
   * @return why that cannot be known; null if it is
   */
  @Nullable PodIdentityException look(Collection<ManagedIdentity> wanted, boolean anew) {
    if (live == null) {
      failures.ofRecord();
      return TargetProblems.noTarget();
    }
    return live.look(wanted, anew);
  }

  /** What is there, as far as it was looked for. */
  TargetIdentities there() {
    return live == null ? TargetIdentities.NONE : live.there();
  }

  /** Whether, if it is there, others put it there, whatever a record says was about to be done. */
  boolean isOthers(ResourceId id) {
    return live != null && live.isOthers(id);
  }

  /**
   * Takes off what is there, but is no identity any more, as one that was deleted and made anew: to
   * be attached again. A machine goes on with the old one until then, and nobody can use that. One
   * that has just been attached may lack its client ID for a moment, so it is looked at thrice
   * first.
   *
   * @param ours what MIC put there
   */
  void takeOffDead(Collection<ManagedIdentity> ours) {
    if (live == null) {
      return;
    }
    Set<ResourceId> dead = new LinkedHashSet<>();
    for (ManagedIdentity identity : ours) {
      ResourceId id = identity.resourceId();
      if (live.there().has(id)
          && live.there().clientId(id).isEmpty()
          && quarantine.mismatches(live.target(), identity) >= LOOKS) {
        dead.add(id);
      }
    }
    if (!dead.isEmpty()) {
      // What fails is told with what comes of it: they are still there, or not attached.
      var unused = live.change(Set.of(), dead);
    }
  }

  /** Attaches as many of them as Azure takes. To be called once. */
  void attach(Collection<ResourceId> ids) {
    if (live != null) {
      Attachment attachment = new Attachment(live, quarantine, limit, failures, this::hold);
      notAttached.putAll(attachment.attach(ids));
    }
  }

  /** Why the identity cannot be used on the target now; null if it can. */
  @Nullable PodIdentityException problem(AzureIdentity identity) {
    if (!(identity.credential() instanceof ManagedIdentity managed)) {
      return null;
    }
    if (live == null) {
      return TargetProblems.noTarget();
    }
    ComputeTarget target = live.target();
    PodIdentityException failure = notAttached.get(managed.resourceId());
    if (failure == null && !live.there().has(managed.resourceId())) {
      hold(notShown.computeIfAbsent(managed.resourceId(), id -> quarantine.notShown(target, id)));
      failure = TargetProblems.notThere();
    }
    if (failure != null) {
      return failure;
    }
    quarantine.attached(target, managed.resourceId());
    String reported = live.there().clientIds().getOrDefault(managed.resourceId(), "");
    if (reported.equalsIgnoreCase(managed.clientId().value())) {
      quarantine.verified(target, managed);
      return null;
    }
    Duration rest = mismatched.computeIfAbsent(managed, one -> quarantine.mismatched(target, one));
    hold(rest);
    return reported.isEmpty()
        ? TargetProblems.nameless()
        : TargetProblems.mismatch(identity, managed);
  }

  /** Whether Azure reports another client ID for it. */
  boolean isMismatched(AzureIdentity identity) {
    return identity.credential() instanceof ManagedIdentity managed
        && there().clientId(managed.resourceId()).isPresent()
        && !LiveTarget.isVerified(there(), managed);
  }

  /**
   * Takes identities off; what is gone, or is on a target that is gone, is off. What Azure shows an
   * immutable client ID for stays, and counts as done: a record knows the client ID of the identity
   * that it is about, and of no other that it holds.
   */
  @Nullable PodIdentityException detach(Set<ResourceId> ids) {
    if (ids.isEmpty() || live == null) {
      return null;
    }
    PodIdentityException failure = immutable.isEmpty() ? null : live.lookForClientIds(ids);
    if (failure == null) {
      Set<ResourceId> off = new LinkedHashSet<>(ids);
      off.removeIf(
          id ->
              live.isOthers(id)
                  || immutable.contains(folded(live.there().clientIds().getOrDefault(id, ""))));
      failure = off.isEmpty() ? null : live.change(Set.of(), off);
    }
    if (failure != null && failure.reason() == ErrorReason.TARGET_REJECTED) {
      // No identity's fault: something keeps the target from being changed.
      failures.ofRecord();
    }
    return failure != null && failure.reason() == ErrorReason.TARGET_NOT_FOUND ? null : failure;
  }

  private void hold(Duration rest) {
    if (heldFor == null || rest.compareTo(heldFor) < 0) {
      heldFor = rest;
    }
  }

  private static String folded(String clientId) {
    return clientId.toLowerCase(Locale.ROOT);
  }

  static List<ManagedIdentity> managed(Collection<AzureIdentity> identities) {
    List<ManagedIdentity> managed = new ArrayList<>();
    for (AzureIdentity identity : identities) {
      if (identity.credential() instanceof Credential.ManagedIdentity one) {
        managed.add(one);
      }
    }
    return managed;
  }
}
