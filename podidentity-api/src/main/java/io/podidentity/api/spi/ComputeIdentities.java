package io.podidentity.api.spi;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import java.util.Set;

/**
 * The user-assigned identities on virtual machines and scale sets. Called by the reconciler's
 * workers, for one target never by two at a time; blocks until Azure has finished. Thread-safe.
 *
 * <p>Every method throws {@link io.podidentity.api.PodIdentityException} with {@code
 * TARGET_NOT_FOUND} if the target does not exist, {@code TARGET_NOT_PERMITTED} if it must not be
 * touched, {@code TARGET_REJECTED} if Azure refuses, and {@code TARGET_UNAVAILABLE} if it throttled
 * (then with the wait it asked for), failed, or could not be reached.
 */
public interface ComputeIdentities {
  /** What is there, and whether Azure is changing the target at the moment, for whomever. */
  TargetIdentities read(ComputeTarget target);

  /**
   * Adds and removes identities. It reads the target first and asks Azure for the difference only:
   * nothing is asked for if there is none. Identities that are not named, and a system-assigned
   * identity, are left as they are.
   *
   * <p>If Azure is changing the target already, for whomever, an identity that is to be attached
   * and is there may be on its way off: then {@code TARGET_UNAVAILABLE} is thrown, until that is
   * over.
   *
   * @param attach identities that shall be there; disjoint from {@code detach}
   * @param detach identities that shall not be there
   * @return what is there afterwards
   * @throws io.podidentity.api.PodIdentityException as above; with {@code TARGET_REJECTED} also if
   *     Azure accepts the change and then does not make it. The exception then {@linkplain
   *     io.podidentity.api.PodIdentityException#blamed() names} the identities that Azure names, or
   *     the target, where no identity can be to blame
   */
  TargetIdentities update(ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach);
}
