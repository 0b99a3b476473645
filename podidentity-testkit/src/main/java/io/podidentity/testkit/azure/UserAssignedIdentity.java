package io.podidentity.testkit.azure;

import java.util.UUID;

/**
 * A user-assigned managed identity. Immutable.
 *
 * @param id its resource ID
 * @param clientId the application ID that clients name it by
 * @param principalId the object ID that roles are given to
 * @param location its region
 */
public record UserAssignedIdentity(ArmId id, String clientId, String principalId, String location) {

  /** Refuses an ID of another type. */
  public UserAssignedIdentity {
    if (!id.is(ArmId.USER_ASSIGNED_IDENTITY)) {
      throw new IllegalArgumentException("not the ID of a user-assigned identity: " + id);
    }
  }

  /** An identity with client and principal IDs made up at random. */
  public static UserAssignedIdentity create(String resourceId) {
    return new UserAssignedIdentity(
        ArmId.parse(resourceId),
        UUID.randomUUID().toString(),
        UUID.randomUUID().toString(),
        "westeurope");
  }
}
