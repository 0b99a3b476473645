package io.podidentity.api.spi;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import java.util.Set;

/**
 * The user-assigned identities on virtual machines and scale sets. Called by the reconciler's
 * workers, for one target never by two at a time; blocks until Azure has finished. Thread-safe.
 */
public interface ComputeIdentities {
  /**
   * Adds and removes identities. It reads the target first and asks Azure for the difference only:
   * nothing is asked for if there is none. Identities that are not named, and a system-assigned
   * identity, are left as they are.
   *
   * @param attach identities that shall be there; disjoint from {@code detach}
   * @param detach identities that shall not be there
   * @throws io.podidentity.api.PodIdentityException with {@code TARGET_NOT_FOUND} if the target
   *     does not exist, {@code TARGET_REJECTED} if Azure refuses the change, {@code
   *     TARGET_UNAVAILABLE} if it throttled (then with the wait it asked for), failed, or could not
   *     be reached
   */
  void update(ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach);
}
