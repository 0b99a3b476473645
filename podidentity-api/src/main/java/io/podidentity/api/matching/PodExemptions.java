package io.podidentity.api.matching;

import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import java.util.List;
import java.util.Map;

/** Tells which pods are exempt, as AAD Pod Identity v1's {@code AzurePodIdentityException} does. */
public final class PodExemptions {
  private PodExemptions() {}

  /**
   * Whether any exemption of the pod's namespace names one label that the pod carries. Values are
   * compared ignoring case, keys are not.
   */
  public static boolean isExempt(Pod pod, List<PodExemption> exemptions) {
    // Loops, because each request for a cached token comes through here.
    for (PodExemption exemption : exemptions) {
      if (exemption.name().namespace().equals(pod.name().namespace())
          && namesLabelOf(pod, exemption)) {
        return true;
      }
    }
    return false;
  }

  private static boolean namesLabelOf(Pod pod, PodExemption exemption) {
    for (Map.Entry<String, String> label : exemption.podLabels().entrySet()) {
      if (label.getValue().equalsIgnoreCase(pod.labels().get(label.getKey()))) {
        return true;
      }
    }
    return false;
  }
}
