package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.Pod;
import java.util.Map;
import java.util.Optional;

/** The pod's label {@value IdentityBinding#POD_LABEL}. */
final class LabelStep {
  private LabelStep() {}

  /**
   * Whether it has it, or nearly.
   *
   * @param problem the verdict if it has not
   */
  static Step of(Pod pod, Verdict problem) {
    if (!pod.bindingLabel().isEmpty()) {
      return Step.ok(
          Part.LABEL,
          "it has the label %s=%s".formatted(IdentityBinding.POD_LABEL, pod.bindingLabel()));
    }
    String next =
        "kubectl label pod %s -n %s %s=VALUE (and in the template of what makes the pod)"
            .formatted(pod.name().name(), pod.name().namespace(), IdentityBinding.POD_LABEL);
    Optional<Map.Entry<String, String>> near =
        pod.labels().entrySet().stream()
            .filter(label -> isNearlyTheLabel(label.getKey()))
            .min(Map.Entry.comparingByKey());
    return near.map(
            label ->
                Step.of(
                    Part.LABEL,
                    problem,
                    Finding.LABEL_MISSPELT,
                    "it has no label %s, but %s=%s: is that meant?"
                        .formatted(IdentityBinding.POD_LABEL, label.getKey(), label.getValue()),
                    next.replace("VALUE", label.getValue())))
        .orElseGet(
            () ->
                Step.of(
                    Part.LABEL,
                    problem,
                    ErrorReason.POD_NOT_BOUND,
                    "it has no label %s, so nothing binds it".formatted(IdentityBinding.POD_LABEL),
                    next));
  }

  /** The key with a prefix counts too: {@code example.com/aadpodidbinding}. */
  private static boolean isNearlyTheLabel(String key) {
    String letters = key.substring(key.indexOf('/') + 1).replaceAll("[^A-Za-z]", "");
    return letters.equalsIgnoreCase(IdentityBinding.POD_LABEL)
        || Nearly.differByTypo(letters, IdentityBinding.POD_LABEL);
  }
}
