package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The target of one run as Azure has it: what is on it, as far as it was looked for, and each
 * change of that, which Azure is not asked for once the run's failures say so. Of the run's own
 * thread, but for {@link #isOthers}.
 */
final class LiveTarget {
  private final ComputeTarget target;
  private final Set<ResourceId> doubted;
  private final ComputeIdentities compute;
  private final SeenIdentities seen;
  private final Quarantine quarantine;
  private final RunFailures failures;
  private TargetIdentities there = TargetIdentities.NONE;

  /**
   * A target that was not looked at yet.
   *
   * @param doubted what MIC, or one before it, may be taking off
   */
  LiveTarget(
      ComputeTarget target,
      Set<ResourceId> doubted,
      ComputeIdentities compute,
      SeenIdentities seen,
      Quarantine quarantine,
      RunFailures failures) {
    this.target = target;
    this.doubted = doubted;
    this.compute = compute;
    this.seen = seen;
    this.quarantine = quarantine;
    this.failures = failures;
  }

  ComputeTarget target() {
    return target;
  }

  /** What is there, as far as it was looked for. */
  TargetIdentities there() {
    return there;
  }

  /** Whether, if it is there, others put it there, whatever a record says was about to be done. */
  boolean isOthers(ResourceId id) {
    return quarantine.isOthers(target, id);
  }

  /**
   * Finds out what is there. What was seen lately will do if all of it is there, as the client IDs
   * say. What MIC, or one before it, may be taking off is not counted while the target is being
   * changed: it is asked for, which waits for that to end.
   *
   * @return why that cannot be known; null if it is
   */
  @Nullable PodIdentityException look(Collection<ManagedIdentity> wanted, boolean anew) {
    boolean doubts = !doubted.isEmpty() && !seen.wasAtRest(target);
    TargetIdentities lately = anew || doubts ? null : seen.lately(target);
    if (lately != null && wanted.stream().allMatch(identity -> isVerified(lately, identity))) {
      there = lately;
      return null;
    }
    PodIdentityException failure = read(false);
    if (there.changing() && !seen.wasAtRest(target)) {
      Set<ResourceId> going = new LinkedHashSet<>(doubted);
      going.removeIf(this::isOthers);
      there = there.without(going);
    }
    return failure;
  }

  /**
   * Finds out the client IDs of what is to be taken off. What was seen lately will do if it has all
   * of them.
   *
   * @return why they cannot be known; null if they are
   */
  @Nullable PodIdentityException lookForClientIds(Set<ResourceId> ids) {
    TargetIdentities lately = seen.lately(target);
    if (lately != null && ids.stream().allMatch(id -> lately.clientId(id).isPresent())) {
      there = lately;
      return null;
    }
    return failures.unavailable() != null ? failures.unavailable() : read(true);
  }

  /**
   * Asks Azure what is there.
   *
   * @param mayBeGone whether it is no failure of the run that there is no such target
   * @return why that cannot be known; null if it is
   */
  @Nullable PodIdentityException read(boolean mayBeGone) {
    try {
      there = compute.read(target);
      seen.saw(target, there);
      return null;
    } catch (PodIdentityException e) {
      if (!mayBeGone || e.reason() != ErrorReason.TARGET_NOT_FOUND) {
        failures.ofLook(target, e);
      }
      return e;
    }
  }

  /**
   * Has Azure attach and detach these, in one change.
   *
   * @return why that was not done; null if it was
   */
  @Nullable PodIdentityException change(Set<ResourceId> attach, Set<ResourceId> detach) {
    if (failures.unavailable() != null) {
      return failures.unavailable();
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

  /** Whether pods can use it where these are: it is one of them, or needs no machine. */
  static boolean works(TargetIdentities on, AzureIdentity identity) {
    return !(identity.credential() instanceof ManagedIdentity managed) || isVerified(on, managed);
  }

  /** Whether it is one of these, with the client ID that Azure shows for it. */
  static boolean isVerified(TargetIdentities on, ManagedIdentity identity) {
    return on.clientIds()
        .getOrDefault(identity.resourceId(), "")
        .equalsIgnoreCase(identity.clientId().value());
  }
}
