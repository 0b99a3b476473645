package io.podidentity.api.matching;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;

/** What both operation modes refuse in the same words. */
final class Refusals {
  private Refusals() {}

  static PodIdentityException notAllowed(Pod pod, IdentityChoice choice) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_NOT_ALLOWED,
        "pod %s has identities, but none with %s; bind that one to it, or ask for another"
            .formatted(pod.name(), choice));
  }

  static PodIdentityException unusable(Pod pod, AzureIdentity identity) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_INVALID,
        "AzureIdentity %s, which pod %s is bound to, cannot be used as it is written: %s"
            .formatted(
                identity.name(),
                pod.name(),
                identity.credential() instanceof Credential.Unusable unusable
                    ? unusable.problem()
                    : identity.credential()));
  }

  static PodIdentityException withoutLabel(Pod pod) {
    return new PodIdentityException(
        ErrorReason.POD_NOT_BOUND,
        "no AzureAssignedIdentity found for pod %s: it has no label %s, so nothing binds it"
            .formatted(pod.name(), IdentityBinding.POD_LABEL));
  }
}
