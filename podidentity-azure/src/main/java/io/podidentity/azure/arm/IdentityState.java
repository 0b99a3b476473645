package io.podidentity.azure.arm;

import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The identities of a virtual machine or scale set, as Resource Manager shows them.
 *
 * @param systemAssigned whether it has an identity of its own
 * @param clientIds the client ID of each user-assigned one, by its resource ID in lower case; empty
 *     where it is not shown
 * @param provisioningState for example {@code Succeeded}; empty if it is not shown
 * @param etag its version; null if it is not shown
 */
record IdentityState(
    boolean systemAssigned,
    Map<String, String> clientIds,
    String provisioningState,
    @Nullable String etag) {
  IdentityState {
    clientIds = Map.copyOf(clientIds);
  }

  /** Of one that shows no client IDs. */
  IdentityState(
      boolean systemAssigned,
      Set<String> userAssigned,
      String provisioningState,
      @Nullable String etag) {
    this(
        systemAssigned,
        userAssigned.stream().collect(Collectors.toMap(id -> id, id -> "")),
        provisioningState,
        etag);
  }

  /** The resource IDs of the user-assigned ones, in lower case. */
  Set<String> userAssigned() {
    return clientIds.keySet();
  }

  /** The same without these, in lower case. */
  IdentityState without(Set<String> ids) {
    Map<String, String> left = new HashMap<>(clientIds);
    left.keySet().removeAll(ids);
    return new IdentityState(systemAssigned, left, provisioningState, etag);
  }

  /** As the port wants it; what is no ID of an identity is left out. */
  TargetIdentities toTargetIdentities() {
    Map<ResourceId, String> known = new HashMap<>();
    clientIds.forEach(
        (id, clientId) -> {
          try {
            known.put(new ResourceId(id), clientId);
          } catch (IllegalArgumentException e) {
            // Nothing that anybody could have asked for.
          }
        });
    return new TargetIdentities(known, isChanging());
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
