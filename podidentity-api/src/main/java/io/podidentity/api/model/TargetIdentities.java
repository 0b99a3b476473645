package io.podidentity.api.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The user-assigned identities on a virtual machine or scale set, as Azure shows them.
 *
 * @param clientIds the client ID of each; empty where Azure does not say (it was put there a moment
 *     ago, or its identity was deleted)
 */
public record TargetIdentities(Map<ResourceId, String> clientIds) {
  /** None at all. */
  public static final TargetIdentities NONE = new TargetIdentities(Map.of());

  /** Copies the map. */
  public TargetIdentities {
    clientIds = Map.copyOf(clientIds);
  }

  /** Whether it is there. */
  public boolean has(ResourceId id) {
    return clientIds.containsKey(id);
  }

  /** The same without these. */
  public TargetIdentities without(Set<ResourceId> ids) {
    Map<ResourceId, String> left = new HashMap<>(clientIds);
    left.keySet().removeAll(ids);
    return new TargetIdentities(left);
  }

  /** The client ID that Azure gives for it; empty if it gives none. */
  public Optional<ClientId> clientId(ResourceId id) {
    String text = clientIds.getOrDefault(id, "");
    return text.isEmpty() ? Optional.empty() : Optional.of(new ClientId(text));
  }
}
