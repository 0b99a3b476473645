package io.podidentity.testkit.azure;

import java.util.UUID;

/**
 * The identity of a virtual machine or scale set itself. Immutable.
 *
 * @param principalId its object ID; Resource Manager shows it
 * @param clientId its application ID; only tokens show it
 */
public record SystemAssignedIdentity(String principalId, String clientId) {

  /** An identity made up at random. */
  public static SystemAssignedIdentity create() {
    return new SystemAssignedIdentity(UUID.randomUUID().toString(), UUID.randomUUID().toString());
  }
}
