package io.podidentity.azure.arm;

import java.util.Collection;
import java.util.Set;

/**
 * What Resource Manager was asked for, as errors tell it.
 *
 * @param doing as messages go on after "cannot"
 * @param target the resource ID, in lower case, of the virtual machine or scale set
 * @param attached what was to be attached: resource IDs, in lower case; empty for none
 */
record Asked(String doing, String target, Collection<String> attached) {
  /** A read of what is on a target. */
  static Asked toRead(ComputeResource resource) {
    return new Asked(
        "read the identities of " + resource, resource.target().id().lowerCase(), Set.of());
  }

  /** A change of what is on a target. */
  static Asked toChange(ComputeResource resource, IdentityDelta delta) {
    return new Asked(
        "change the identities of %s (%s)".formatted(resource, delta),
        resource.target().id().lowerCase(),
        delta.attach());
  }
}
