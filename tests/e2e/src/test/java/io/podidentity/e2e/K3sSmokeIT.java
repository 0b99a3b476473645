package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** What is deployed, on a distribution of Kubernetes. */
@RequiresRealPart(RealPart.CONTAINER_ENGINE)
final class K3sSmokeIT {

  private static final String RECORD =
      """
      apiVersion: aadpodidentity.k8s.io/v1
      kind: AzureAssignedIdentity
      metadata: {name: orders-default-orders, namespace: default, labels: {nodename: some-node}}
      spec: {pod: orders, podNamespace: default, nodename: some-node}
      status: {status: Assigned, availableReplicas: 1}
      """;

  @Test
  void nmisAccountReadsRecordsAndCannotWriteThem() throws IOException {
    try (K3sCluster cluster = K3sCluster.start()) {
      cluster.apply(ProjectFiles.yaml("deploy/crds"));
      cluster.apply(ProjectFiles.yaml("deploy/rbac"));
      cluster.apply(RECORD);

      String kubeconfig =
          Files.readString(cluster.kubeconfigFor("default", "aad-pod-id-nmi-service-account"));
      try (KubernetesClient client =
          new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build()) {
        var records =
            client
                .genericKubernetesResources("aadpodidentity.k8s.io/v1", "AzureAssignedIdentity")
                .inNamespace("default");

        assertThat(records.withLabel("nodename", "some-node").list().getItems())
            .extracting(GenericKubernetesResource::getMetadata)
            .extracting("name")
            .containsExactly("orders-default-orders");
        assertThatThrownBy(() -> records.withName("orders-default-orders").delete())
            .isInstanceOfSatisfying(
                KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
      }
    }
  }
}
