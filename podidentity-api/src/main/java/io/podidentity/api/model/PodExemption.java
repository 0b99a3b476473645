package io.podidentity.api.model;

import java.util.Map;
import java.util.Objects;

/**
 * An {@code AzurePodIdentityException} object: pods of its namespace that carry any one of its
 * labels are given the node's identity, as if there were no NMI.
 *
 * @param name its namespace and name
 * @param podLabels the labels; one that matches is enough
 */
public record PodExemption(NamespacedName name, Map<String, String> podLabels) {
  /** Copies the map; refuses null. */
  public PodExemption {
    Objects.requireNonNull(name, "name");
    podLabels = Map.copyOf(podLabels);
  }
}
