package io.podidentity.api.matching;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the one identity that a request may have in managed mode, where nobody assigns identities
 * and there are no records: what is bound counts. Nothing is waited for, as in AAD Pod Identity v1.
 */
public final class ManagedSelector {
  private ManagedSelector() {}

  /**
   * Whether a binding selects the pod: from the pod's own namespace, and by a label that the pod
   * carries. (In AAD Pod Identity v1 a pod without the label is selected by an empty selector.)
   */
  public static boolean selects(IdentityBinding binding, Pod pod) {
    return !pod.bindingLabel().isEmpty()
        && binding.selector().equals(pod.bindingLabel())
        && binding.name().namespace().equals(pod.name().namespace());
  }

  /**
   * Chooses. A request that names no identity gets the first by name.
   *
   * @param bound the identities that the bindings which {@linkplain #selects select} the pod name,
   *     in any order
   */
  public static Selection select(Pod pod, IdentityChoice choice, List<AzureIdentity> bound) {
    List<AzureIdentity> own =
        bound.stream()
            .filter(identity -> identity.name().namespace().equals(pod.name().namespace()))
            .sorted(Comparator.comparing(AzureIdentity::name))
            .toList();
    List<AzureIdentity> usable =
        own.stream()
            .filter(identity -> !(identity.credential() instanceof Credential.Unusable))
            .toList();
    return usable.stream()
        .filter(identity -> choice.includes(identity.credential()))
        .findFirst()
        .<Selection>map(Selection.Chosen::new)
        .orElseGet(() -> new Selection.Refused(refusal(pod, choice, own, usable)));
  }

  private static PodIdentityException refusal(
      Pod pod, IdentityChoice choice, List<AzureIdentity> own, List<AzureIdentity> usable) {
    if (!usable.isEmpty()) {
      return Refusals.notAllowed(pod, choice);
    }
    if (!own.isEmpty()) {
      return Refusals.unusable(pod, own.get(0));
    }
    if (pod.bindingLabel().isEmpty()) {
      return Refusals.withoutLabel(pod);
    }
    return new PodIdentityException(
        ErrorReason.IDENTITY_NOT_BOUND,
        ("no azure identity found for pod %s: check that an AzureIdentityBinding of its namespace"
                + " has the selector %s and names an AzureIdentity of that namespace")
            .formatted(pod.name(), pod.bindingLabel()));
  }
}
