package io.podidentity.azure.arm;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identities of a virtual machine or scale set, as Resource Manager shows them.
 *
 * @param systemAssigned whether it has an identity of its own
 * @param userAssigned the resource IDs of the user-assigned ones, in lower case
 * @param provisioningState for example {@code Succeeded}; empty if it is not shown
 * @param etag its version; null if it is not shown
 */
record IdentityState(
    boolean systemAssigned,
    Set<String> userAssigned,
    String provisioningState,
    @Nullable String etag) {
  IdentityState {
    userAssigned = Set.copyOf(userAssigned);
  }

  boolean isDeleting() {
    return provisioningState.equalsIgnoreCase("Deleting");
  }

  /** Whether a change of it, of whatever kind, is going on. */
  boolean isChanging() {
    return provisioningState.equalsIgnoreCase("Updating")
        || provisioningState.equalsIgnoreCase("Creating");
  }
}
