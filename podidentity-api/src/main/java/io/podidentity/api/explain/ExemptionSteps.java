package io.podidentity.api.explain;

import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.matching.PodExemptions;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.TokenQuery;
import java.util.List;
import java.util.Map;

/** Whether the pod is exempt, or nearly. */
final class ExemptionSteps {
  private ExemptionSteps() {}

  static Step of(Situation situation, Pod pod, BrokersAnswer answer) {
    String unseen = situation.unseen().get(Situation.Resource.EXCEPTIONS);
    if (unseen != null) {
      return Step.unknown(Part.EXEMPTION, "the exceptions are not known: " + unseen, "");
    }
    String next = "kubectl get azurepodidentityexceptions -A -o yaml";
    List<PodExemption> all = situation.exemptions();
    List<NamespacedName> exempting =
        all.stream()
            .filter(one -> PodExemptions.isExempt(pod, List.of(one)))
            .map(PodExemption::name)
            .toList();
    if (!exempting.isEmpty()) {
      return Step.of(
          Part.EXEMPTION,
          Verdict.WARNING,
          Finding.POD_EXEMPT,
          "it is exempt, by AzurePodIdentityException %s: it gets the node's identity, and none that"
                  .formatted(Nearly.few(exempting))
              + " is bound to it",
          next);
    }
    if (answer.query() != null && answer.query().subject() instanceof TokenQuery.OfNode) {
      return Step.of(
          Part.EXEMPTION,
          Verdict.WARNING,
          Finding.POD_EXEMPT,
          "it is one of MIC's pods, which get the node's identity",
          "");
    }
    return nearly(all, pod, next);
  }

  private static Step nearly(List<PodExemption> all, Pod pod, String next) {
    for (PodExemption one : all) {
      boolean itsNamespace = one.name().namespace().equals(pod.name().namespace());
      PodExemption here =
          new PodExemption(
              new NamespacedName(pod.name().namespace(), one.name().name()), one.podLabels());
      if (!itsNamespace && PodExemptions.isExempt(pod, List.of(here))) {
        return Step.of(
            Part.EXEMPTION,
            Verdict.WARNING,
            Finding.EXCEPTION_IN_OTHER_NAMESPACE,
            "it is not exempt; AzurePodIdentityException %s names its labels, but for pods of its own"
                    .formatted(one.name())
                + " namespace alone",
            next);
      }
      if (itsNamespace && one.podLabels().entrySet().stream().anyMatch(it -> isNear(it, pod))) {
        return Step.of(
            Part.EXEMPTION,
            Verdict.WARNING,
            Finding.EXCEPTION_LABEL_MISSPELT,
            "it is not exempt; AzurePodIdentityException %s names %s, and the pod has %s"
                .formatted(one.name(), one.podLabels(), pod.labels()),
            next);
      }
    }
    return Step.ok(Part.EXEMPTION, "it is not exempt, so it gets what is bound to it");
  }

  /** The key in other letters with that value, or the key with nearly that value. */
  private static boolean isNear(Map.Entry<String, String> wanted, Pod pod) {
    return pod.labels().entrySet().stream()
        .anyMatch(
            has ->
                has.getKey().equals(wanted.getKey())
                    ? Nearly.differByTypo(has.getValue(), wanted.getValue())
                    : (Nearly.differInCase(has.getKey(), wanted.getKey())
                            || Nearly.differByTypo(has.getKey(), wanted.getKey()))
                        && has.getValue().equalsIgnoreCase(wanted.getValue()));
  }
}
