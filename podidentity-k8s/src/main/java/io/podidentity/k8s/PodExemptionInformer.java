package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionResource;
import java.util.List;
import java.util.Set;

/**
 * The {@code AzurePodIdentityException} objects of all namespaces. Empty until {@link #start()}.
 */
public final class PodExemptionInformer extends MirrorBacked implements ExemptionDirectory {
  private static final Mirror.Kind<AzurePodIdentityExceptionResource> KIND =
      new Mirror.Kind<>(
          "azurepodidentityexceptions.aadpodidentity.k8s.io",
          AzurePodIdentityExceptionResource::new);

  private final KeyedIndex<String, PodExemption> byNamespace =
      new KeyedIndex<>(exemption -> Set.of(exemption.name().namespace()));
  private final Mirror<AzurePodIdentityExceptionResource, PodExemption> mirror;

  /**
   * The exceptions of a cluster.
   *
   * @param connection may list and watch {@code azurepodidentityexceptions} of all namespaces; it
   *     stays the caller's to close
   */
  public PodExemptionInformer(KubernetesConnection connection) {
    this(connection.client());
  }

  PodExemptionInformer(KubernetesClient client) {
    mirror =
        new Mirror<>(
            KIND,
            client.resources(AzurePodIdentityExceptionResource.class).inAnyNamespace(),
            IdentityMapping::exemption,
            byNamespace::replace);
  }

  @Override
  public List<PodExemption> inNamespace(String namespace) {
    if (!hasSynced()) {
      throw ClusterFollower.notYet("exceptions");
    }
    return byNamespace.get(namespace);
  }

  @Override
  ClusterFollower mirrors() {
    return mirror;
  }
}
