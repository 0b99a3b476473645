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

/** The target's side of one run: what is on it, and what can be put on it and taken off. */
final class TargetChanges {
  /** 10 s, 20 s and 40 s apart. */
  private static final int LOOKS = 3;

  /**
   * After so many refusals without a success in between nothing more is attached in this run: it
   * may be no identity's fault. One bad identity among 200 takes nine, and what is left is tried
   * after a rest.
   */
  private static final int REFUSALS = 16;

  private final @Nullable ComputeTarget target;
  private final Set<String> immutable;
  private final Set<ResourceId> doubted;
  private final ComputeIdentities compute;
  private final SeenIdentities seen;
  private final Quarantine quarantine;
  private final int limit;
  private final RunFailures failures;
  private final Map<ResourceId, PodIdentityException> notAttached = new HashMap<>();
  // By Azure, in this run.
  private final Set<ResourceId> refused = new LinkedHashSet<>();
  // One try, however many pods use the identity.
  private final Map<ManagedIdentity, Duration> mismatched = new HashMap<>();
  private final Map<ResourceId, Duration> notShown = new HashMap<>();
  private int refusedInARow;
  private @Nullable PodIdentityException gaveUp;
  private TargetIdentities there = TargetIdentities.NONE;
  private @Nullable Duration heldFor;

  TargetChanges(
      TargetPlan plan,
      ComputeIdentities compute,
      SeenIdentities seen,
      Quarantine quarantine,
      int limit,
      RunFailures failures) {
    this.target = plan.target();
    this.immutable = plan.immutable();
    this.doubted = plan.doubted();
    this.compute = compute;
    this.seen = seen;
    this.quarantine = quarantine;
    this.limit = limit;
    this.failures = failures;
  }

  /** Whether it failed lately by a fault of its own, and is not tried in this run. */
  boolean isHeld(AzureIdentity identity) {
    if (target == null || !(identity.credential() instanceof ManagedIdentity managed)) {
      return false;
    }
    Duration left = quarantine.left(target, managed);
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
   * Finds out what is there. What was seen lately will do if all of it is there, as the client IDs
   * say. What MIC, or one before it, may be taking off is not counted while the target is being
   * changed: it is asked for, which waits for that to end.
   *
   * @return why that cannot be known; null if it is
   */
  @Nullable PodIdentityException look(Collection<ManagedIdentity> wanted, boolean anew) {
    if (target == null) {
      failures.ofRecord();
      return TargetProblems.noTarget();
    }
    boolean doubts = !doubted.isEmpty() && !seen.wasAtRest(target);
    TargetIdentities lately = anew || doubts ? null : seen.lately(target);
    if (lately != null && wanted.stream().allMatch(identity -> isVerified(lately, identity))) {
      there = lately;
      return null;
    }
    PodIdentityException failure = read(target, false);
    if (there.changing() && !seen.wasAtRest(target)) {
      Set<ResourceId> going = new LinkedHashSet<>(doubted);
      going.removeIf(this::isOthers);
      there = there.without(going);
    }
    return failure;
  }

  private @Nullable PodIdentityException read(ComputeTarget from, boolean mayBeGone) {
    try {
      there = compute.read(from);
      seen.saw(from, there);
      return null;
    } catch (PodIdentityException e) {
      if (!mayBeGone || e.reason() != ErrorReason.TARGET_NOT_FOUND) {
        failures.ofLook(from, e);
      }
      return e;
    }
  }

  /** What is there, as far as it was looked for; of the run's own thread. */
  TargetIdentities there() {
    return there;
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
    Set<ResourceId> dead = new LinkedHashSet<>();
    for (ManagedIdentity identity : ours) {
      ResourceId id = identity.resourceId();
      if (target != null
          && there.has(id)
          && there.clientId(id).isEmpty()
          && quarantine.mismatches(target, identity) >= LOOKS) {
        dead.add(id);
      }
    }
    if (!dead.isEmpty()) {
      // What fails is told with what comes of it: they are still there, or not attached.
      var unused = change(Set.of(), dead);
    }
  }

  /**
   * Attaches as many as Azure takes. One bad identity keeps no other off the target: what is
   * refused together is asked for without those that Azure blames, or else in halves; but not where
   * Azure blames the target itself.
   */
  void attach(Collection<ResourceId> ids) {
    List<ResourceId> clean = new ArrayList<>();
    List<ResourceId> suspect = new ArrayList<>();
    int free = limit - there.clientIds().size();
    for (ResourceId id : new LinkedHashSet<>(ids)) {
      if (there.has(id)) {
        continue;
      }
      if (free-- <= 0) {
        refuse(id, TargetProblems.tooMany(target, there, limit));
      } else {
        (target != null && quarantine.isSuspect(target, id) ? suspect : clean).add(id);
      }
    }
    attachAll(clean);
    attachAll(suspect);
    noteWhatIsOff();
  }

  /** What Azure accepts and fails to do later may be there in part. */
  private void noteWhatIsOff() {
    PodIdentityException away = failures.unavailable();
    boolean readable = away == null || away.reason() == ErrorReason.TARGET_REJECTED;
    if (target != null && !refused.isEmpty() && readable && read(target, true) == null) {
      refused.stream().filter(id -> !there.has(id)).forEach(id -> quarantine.isOff(target, id));
    }
  }

  /** Whether, if it is there, others put it there, whatever a record says was about to be done. */
  boolean isOthers(ResourceId id) {
    return target != null && quarantine.isOthers(target, id);
  }

  private void attachAll(List<ResourceId> ids) {
    if (ids.isEmpty()) {
      return;
    }
    PodIdentityException last = gaveUp;
    if (last != null) {
      ids.forEach(id -> notAttached.put(id, last));
      failures.ofRecord();
      return;
    }
    PodIdentityException failure = change(Set.copyOf(ids), Set.of());
    if (failure == null) {
      refusedInARow = 0;
      return;
    }
    if (failures.unavailable() != null || failure.reason() != ErrorReason.TARGET_REJECTED) {
      ids.forEach(id -> notAttached.put(id, failure));
      if (failure.reason() == ErrorReason.TARGET_REJECTED) {
        refused.addAll(ids);
      }
      return;
    }
    if (++refusedInARow == REFUSALS) {
      gaveUp = failure;
    }
    List<ResourceId> blamed =
        ids.stream().filter(id -> failure.blamed().contains(id.lowerCase())).toList();
    if (ids.size() == 1 || !blamed.isEmpty()) {
      List<ResourceId> bad = blamed.isEmpty() ? ids : blamed;
      refused.addAll(bad);
      bad.forEach(id -> refuse(id, failure));
      attachAll(ids.stream().filter(id -> !bad.contains(id)).toList());
    } else {
      int half = ids.size() / 2;
      attachAll(ids.subList(0, half));
      attachAll(ids.subList(half, ids.size()));
    }
  }

  /** Why the identity cannot be used on the target now; null if it can. Of the run's own thread. */
  @Nullable PodIdentityException problem(AzureIdentity identity) {
    if (!(identity.credential() instanceof ManagedIdentity managed)) {
      return null;
    }
    if (target == null) {
      return TargetProblems.noTarget();
    }
    PodIdentityException failure = notAttached.get(managed.resourceId());
    if (failure == null && !there.has(managed.resourceId())) {
      hold(notShown.computeIfAbsent(managed.resourceId(), id -> quarantine.notShown(target, id)));
      failure = TargetProblems.notThere();
    }
    if (failure != null) {
      return failure;
    }
    quarantine.attached(target, managed.resourceId());
    String reported = there.clientIds().getOrDefault(managed.resourceId(), "");
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
        && there.clientId(managed.resourceId()).isPresent()
        && !isVerified(there, managed);
  }

  /**
   * Takes identities off; what is gone, or is on a target that is gone, is off. What Azure shows an
   * immutable client ID for stays, and counts as done: a record knows the client ID of the identity
   * that it is about, and of no other that it holds.
   */
  @Nullable PodIdentityException detach(Set<ResourceId> ids) {
    if (ids.isEmpty() || target == null) {
      return null;
    }
    PodIdentityException failure = lookBeforeDetach(target, ids);
    if (failure == null) {
      Set<ResourceId> off = new LinkedHashSet<>(ids);
      off.removeIf(
          id -> isOthers(id) || immutable.contains(folded(there.clientIds().getOrDefault(id, ""))));
      failure = off.isEmpty() ? null : change(Set.of(), off);
    }
    if (failure != null && failure.reason() == ErrorReason.TARGET_REJECTED) {
      // No identity's fault: something keeps the target from being changed.
      failures.ofRecord();
    }
    return failure != null && failure.reason() == ErrorReason.TARGET_NOT_FOUND ? null : failure;
  }

  private @Nullable PodIdentityException lookBeforeDetach(ComputeTarget on, Set<ResourceId> ids) {
    if (immutable.isEmpty()) {
      return null;
    }
    TargetIdentities lately = seen.lately(on);
    if (lately != null && ids.stream().allMatch(id -> lately.clientId(id).isPresent())) {
      there = lately;
      return null;
    }
    return failures.unavailable() != null ? failures.unavailable() : read(on, true);
  }

  private @Nullable PodIdentityException change(Set<ResourceId> attach, Set<ResourceId> detach) {
    if (failures.unavailable() != null || target == null) {
      return target == null ? TargetProblems.noTarget() : failures.unavailable();
    }
    quarantine.tries(target, attach);
    if (!detach.isEmpty()) {
      seen.takesOff(target);
    }
    try {
      there = compute.update(target, attach, detach);
      seen.saw(target, there);
      return null;
    } catch (PodIdentityException e) {
      seen.forget(target);
      if (e.reason() != ErrorReason.TARGET_NOT_FOUND || !attach.isEmpty()) {
        failures.ofChange(target, e);
      }
      return e;
    }
  }

  private void refuse(ResourceId id, PodIdentityException error) {
    if (target != null) {
      hold(quarantine.refused(target, id));
    }
    notAttached.put(id, error);
  }

  private void hold(Duration rest) {
    if (heldFor == null || rest.compareTo(heldFor) < 0) {
      heldFor = rest;
    }
  }

  private static String folded(String clientId) {
    return clientId.toLowerCase(Locale.ROOT);
  }

  private static boolean isVerified(TargetIdentities on, ManagedIdentity identity) {
    return on.clientIds()
        .getOrDefault(identity.resourceId(), "")
        .equalsIgnoreCase(identity.clientId().value());
  }

  /** Whether pods can use it where these are: it is one of them, or needs no machine. */
  static boolean works(TargetIdentities on, AzureIdentity identity) {
    return !(identity.credential() instanceof ManagedIdentity managed) || isVerified(on, managed);
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
