package io.podidentity.api.matching;

import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import java.util.List;

/** Tells which pods are exempt, as AAD Pod Identity v1's {@code AzurePodIdentityException} does. */
public final class PodExemptions {
  private PodExemptions() {}

  /**
   * Whether any exemption of the pod's namespace names one label that the pod carries. Values are
   * compared ignoring case, keys are not.
   */
  public static boolean isExempt(Pod pod, List<PodExemption> exemptions) {
    return exemptions.stream()
        .filter(exemption -> exemption.name().namespace().equals(pod.name().namespace()))
        .flatMap(exemption -> exemption.podLabels().entrySet().stream())
        .anyMatch(label -> label.getValue().equalsIgnoreCase(pod.labels().get(label.getKey())));
  }
}
