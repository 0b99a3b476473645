package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.TargetIdentities;

/** Why an identity cannot be used on a target, where Azure refused nothing, and what to do. */
final class TargetProblems {
  private TargetProblems() {}

  static PodIdentityException noTarget() {
    return new PodIdentityException(
        ErrorReason.TARGET_NOT_FOUND,
        "the node's spec.providerID names no virtual machine or scale set to assign to");
  }

  static PodIdentityException notThere() {
    return new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE,
        "Azure made the change, but does not show the identity on the machine yet");
  }

  static PodIdentityException tooMany(ComputeTarget target, TargetIdentities there, int limit) {
    return new PodIdentityException(
        ErrorReason.TARGET_REJECTED,
        ("%s has %d user-assigned identities already, and more than %d are not put on one; spread the"
                + " pods over more node pools, or share identities")
            .formatted(target.id(), there.clientIds().size(), limit));
  }

  // Without the time of the next look: the same text again is one event, which is counted.

  static PodIdentityException nameless() {
    return new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE,
        "Azure shows the identity on the machine, but no client ID for it: it was made anew, or"
            + " deleted. If it stays so it is attached again, where MIC attached it; otherwise take"
            + " it off the machine");
  }

  static PodIdentityException mismatch(AzureIdentity identity, ManagedIdentity managed) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_INVALID,
        ("the clientID of AzureIdentity %s is not that of its resourceID %s; write the client ID that"
                + " the Azure portal shows for it. It is looked at again from time to time")
            .formatted(identity.name(), managed.resourceId()));
  }
}
