package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.jspecify.annotations.Nullable;

/** Shows a vendor's type to its callers, on purpose. */
public final class PlantedVendorInASignature {
  /** Shows what it must not. */
  public @Nullable KubernetesClient client() {
    return null;
  }
}
