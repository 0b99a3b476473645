package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.matching.Matches;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Why a binding that selects the pod gives it no identity. */
final class IdentitySteps {
  private final Situation situation;
  private final Pod pod;
  private final Verdict problem;

  IdentitySteps(Situation situation, Pod pod, Verdict problem) {
    this.situation = situation;
    this.pod = pod;
    this.problem = problem;
  }

  /**
   * Why.
   *
   * @param named the identity that it names, if it is there
   * @param matches in which it is not
   */
  Step unmatched(IdentityBinding binding, Optional<AzureIdentity> named, Matches matches) {
    String edit =
        "kubectl edit azureidentitybinding %s -n %s"
            .formatted(binding.name().name(), binding.name().namespace());
    if (binding.azureIdentity().isEmpty()) {
      return wrong(
          Finding.BINDING_WITHOUT_IDENTITY,
          "AzureIdentityBinding %s selects its label, and names no AzureIdentity"
              .formatted(binding.name()),
          edit);
    }
    if (named.isEmpty()) {
      return absent(binding, edit);
    }
    AzureIdentity identity = named.get();
    if (identity.credential() instanceof Credential.Unusable unusable) {
      return Step.of(
          Part.BINDING,
          problem,
          ErrorReason.IDENTITY_INVALID,
          "AzureIdentity %s cannot be used as it is written: %s"
              .formatted(identity.name(), unusable.problem()),
          "kubectl edit azureidentity %s -n %s"
              .formatted(identity.name().name(), identity.name().namespace()));
    }
    boolean forceNamespaced = situation.options().forceNamespaced();
    if (!identity.isOpenTo(pod.name().namespace(), forceNamespaced)) {
      return wrong(
          Finding.IDENTITY_NAMESPACED,
          "AzureIdentity %s is for pods of its own namespace alone, %s"
              .formatted(
                  identity.name(),
                  forceNamespaced
                      ? "as all are with --forceNamespaced"
                      : "by its annotation aadpodidentity.k8s.io/Behavior"),
          "kubectl get azureidentity %s -n %s -o yaml"
              .formatted(identity.name().name(), identity.name().namespace()));
    }
    return conflict(binding, identity, matches);
  }

  /** Nothing is wrong with them, so another one has the record's name: the matcher says which. */
  private Step conflict(IdentityBinding binding, AzureIdentity identity, Matches matches) {
    NamespacedName record =
        DesiredAssignment.recordName(pod.name(), identity, situation.options().forceNamespaced());
    DesiredAssignment holder = matches.byRecord().get(record);
    boolean samePod = holder != null && holder.pod().equals(pod);
    return wrong(
        samePod ? Finding.IDENTITY_NAME_TAKEN : Finding.RECORD_NAME_TAKEN,
        matches
            .problems()
            .getOrDefault(
                ObjectReference.to(binding),
                "the record %s would stand for it, and stands for another".formatted(record)),
        "kubectl get azureassignedidentity %s -n %s -o yaml"
            .formatted(record.name(), record.namespace()));
  }

  private Step absent(IdentityBinding binding, String edit) {
    String wanted = binding.azureIdentity();
    String selects =
        "AzureIdentityBinding %s selects its label, and names AzureIdentity %s, which is not in its"
                .formatted(binding.name(), wanted)
            + " namespace";
    List<AzureIdentity> here =
        situation.cluster().identities().stream()
            .filter(it -> it.name().namespace().equals(binding.name().namespace()))
            .sorted(Comparator.comparing(AzureIdentity::name))
            .toList();
    Optional<AzureIdentity> near = Nearly.nearest(wanted, here, it -> it.name().name());
    near =
        near.or(
            () ->
                here.stream()
                    .filter(it -> Nearly.differInCase(it.name().name(), wanted))
                    .findFirst());
    if (near.isPresent()) {
      return wrong(
          Finding.IDENTITY_MISSPELT,
          selects + ": is " + near.get().name().name() + " meant?",
          edit);
    }
    List<NamespacedName> elsewhere =
        situation.cluster().identities().stream()
            .map(AzureIdentity::name)
            .filter(name -> name.name().equals(wanted))
            .sorted()
            .toList();
    return elsewhere.isEmpty()
        ? wrong(
            Finding.IDENTITY_MISSING,
            selects + ", nor in any other",
            "kubectl get azureidentities -A")
        : wrong(
            Finding.IDENTITY_IN_OTHER_NAMESPACE,
            selects
                + ": there is "
                + Nearly.few(elsewhere)
                + "; a binding and its identity share a namespace",
            "kubectl get azureidentity %s -n %s -o yaml"
                .formatted(wanted, elsewhere.get(0).namespace()));
  }

  private Step wrong(Finding finding, String text, String next) {
    return Step.of(Part.BINDING, problem, finding, text, next);
  }
}
