package io.podidentity.testkit.azure;

import java.util.UUID;

/**
 * A virtual machine or a scale set. Immutable; {@link FakeAzure} holds the current one.
 *
 * @param id its resource ID
 * @param location its region
 * @param provisioningState for example {@code Succeeded}, {@code Updating}, {@code Deleting}
 * @param identity what is attached to it
 * @param vmId a unique ID that survives renames
 * @param version counts changes from 1; the ETag is made of it
 */
public record Compute(
    ArmId id,
    String location,
    String provisioningState,
    IdentityBlock identity,
    String vmId,
    long version) {

  /** Refuses the ID of anything else. */
  public Compute {
    if (!id.is(ArmId.VIRTUAL_MACHINE) && !id.is(ArmId.SCALE_SET)) {
      throw new IllegalArgumentException("not the ID of a virtual machine or scale set: " + id);
    }
  }

  /** A virtual machine or scale set, as the ID says, that is up and has no identity. */
  public static Compute create(String resourceId) {
    return new Compute(
        ArmId.parse(resourceId),
        "westeurope",
        "Succeeded",
        IdentityBlock.NONE,
        UUID.randomUUID().toString(),
        1);
  }

  /** Whether it is a scale set. */
  public boolean isScaleSet() {
    return id.is(ArmId.SCALE_SET);
  }

  /** With other identities, as the next version. */
  public Compute withIdentity(IdentityBlock block) {
    return new Compute(id, location, provisioningState, block, vmId, version + 1);
  }

  /** In another state, as the same version. */
  public Compute withProvisioningState(String state) {
    return new Compute(id, location, state, identity, vmId, version);
  }

  String etag() {
    return "\"" + version + "\"";
  }
}
