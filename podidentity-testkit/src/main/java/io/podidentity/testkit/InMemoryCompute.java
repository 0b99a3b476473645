package io.podidentity.testkit;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Virtual machines and scale sets in memory, for tests. An identity's client ID is made of its
 * name. Thread-safe.
 */
public final class InMemoryCompute implements ComputeIdentities {
  private final Object lock = new Object();
  // All guarded by lock.
  private final Map<ComputeTarget, Set<ResourceId>> targets = new HashMap<>();
  private final Set<ResourceId> refused = new HashSet<>();
  private final Map<ComputeTarget, Set<ResourceId>> going = new HashMap<>();
  private @Nullable PodIdentityException failure;
  private long changes;

  /** Without any machine. */
  public InMemoryCompute() {}

  /** Creates a virtual machine or scale set, or changes what is on it, as others may. */
  public void put(ComputeTarget target, ResourceId... identities) {
    requireNonNull(target, "target");
    synchronized (lock) {
      targets.put(target, new HashSet<>(Set.of(identities)));
    }
  }

  /** Deletes it; no effect if it is not there. */
  public void delete(ComputeTarget target) {
    synchronized (lock) {
      targets.remove(target);
    }
  }

  /**
   * Begins to take identities off, as others may; until {@link #endDetach} they are shown.
   *
   * @param target one that is there
   */
  public void beginDetach(ComputeTarget target, ResourceId... identities) {
    requireNonNull(target, "target");
    synchronized (lock) {
      going.put(target, Set.of(identities));
    }
  }

  /** Ends what was begun: they are off. */
  public void endDetach(ComputeTarget target) {
    synchronized (lock) {
      Set<ResourceId> gone = going.remove(target);
      targets.computeIfPresent(
          target,
          (key, there) -> {
            Set<ResourceId> left = new HashSet<>(there);
            left.removeAll(gone == null ? Set.of() : gone);
            return left;
          });
    }
  }

  /** From now on a change that would add the identity is refused, and the refusal names it. */
  public void refuse(ResourceId identity) {
    requireNonNull(identity, "identity");
    synchronized (lock) {
      refused.add(identity);
    }
  }

  /** Makes every call fail with this error and change nothing; null ends that. */
  public void fail(@Nullable PodIdentityException error) {
    synchronized (lock) {
      failure = error;
    }
  }

  /** How many changes were asked for, those that were refused included. */
  public long changes() {
    synchronized (lock) {
      return changes;
    }
  }

  @Override
  public TargetIdentities read(ComputeTarget target) {
    synchronized (lock) {
      return show(target, on(target));
    }
  }

  @Override
  public TargetIdentities update(
      ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach) {
    synchronized (lock) {
      Set<ResourceId> there = on(target);
      checkStaying(target, attach, there);
      Set<ResourceId> after = new HashSet<>(there);
      after.removeAll(detach);
      after.addAll(attach);
      if (!after.equals(there)) {
        changes++;
        checkAllowed(target, after, there);
        targets.put(target, after);
      }
      return show(target, after);
    }
  }

  private Set<ResourceId> on(ComputeTarget target) {
    if (failure != null) {
      throw failure;
    }
    Set<ResourceId> there = targets.get(target);
    if (there == null) {
      throw new PodIdentityException(ErrorReason.TARGET_NOT_FOUND, target.id() + " does not exist");
    }
    return there;
  }

  private void checkStaying(ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> there) {
    if (going.containsKey(target) && attach.stream().anyMatch(there::contains)) {
      throw new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE, target.id() + " is being changed");
    }
  }

  private void checkAllowed(ComputeTarget target, Set<ResourceId> after, Set<ResourceId> there) {
    Set<String> blamed =
        after.stream()
            .filter(id -> !there.contains(id) && refused.contains(id))
            .map(ResourceId::lowerCase)
            .collect(Collectors.toUnmodifiableSet());
    if (!blamed.isEmpty()) {
      throw PodIdentityException.blaming(
          ErrorReason.TARGET_REJECTED, target.id() + ": refused " + blamed, blamed);
    }
  }

  private TargetIdentities show(ComputeTarget target, Set<ResourceId> identities) {
    return new TargetIdentities(
        identities.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    id -> id, id -> "client-of-" + id.lowerCase().replaceAll(".*/", ""))),
        going.containsKey(target));
  }
}
