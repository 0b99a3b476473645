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
 * @param changing whether Azure was changing the target, for whomever, when it showed them: what is
 *     there may be on its way off
 */
public record TargetIdentities(Map<ResourceId, String> clientIds, boolean changing) {
  /** None at all. */
  public static final TargetIdentities NONE = new TargetIdentities(Map.of());

  /** Copies the map. */
  public TargetIdentities {
    clientIds = Map.copyOf(clientIds);
  }

  /** On a target that was at rest. */
  public TargetIdentities(Map<ResourceId, String> clientIds) {
    this(clientIds, false);
  }

  /** Whether it is there. */
  public boolean has(ResourceId id) {
    return clientIds.containsKey(id);
  }

  /** The same without these. */
  public TargetIdentities without(Set<ResourceId> ids) {
    Map<ResourceId, String> left = new HashMap<>(clientIds);
    left.keySet().removeAll(ids);
    return new TargetIdentities(left, changing);
  }

  /** The client ID that Azure gives for it; empty if it gives none. */
  public Optional<ClientId> clientId(ResourceId id) {
    String text = clientIds.getOrDefault(id, "");
    return text.isEmpty() ? Optional.empty() : Optional.of(new ClientId(text));
  }
}
