package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.ExemptionDirectoryContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class PodExemptionInformerTest extends ExemptionDirectoryContract {
  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static PodExemptionInformer exemptions;
  private static int namespaces;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmi();
    exemptions = new PodExemptionInformer(nmi);
    TestCluster.follow(exemptions);
  }

  @AfterAll
  static void end() {
    exemptions.close();
    nmi.close();
    admin.close();
  }

  /** An exempt pod must not be taken for one that asks for nothing. */
  @Test
  void nothingIsSaidBeforeTheFirstList() {
    try (PodExemptionInformer early = new PodExemptionInformer(nmi)) {
      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(() -> early.inNamespace("default"))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
    }
  }

  @Override
  protected ExemptionDirectory directory() {
    return exemptions;
  }

  @Override
  protected String freshNamespace() {
    namespaces++;
    String name = "exemptions-" + namespaces;
    TestCluster.shared().api().createNamespace(name);
    return name;
  }

  @Override
  protected void put(PodExemption exemption) {
    new ClusterObjects(admin).put(exemption);
  }

  @Override
  protected void delete(NamespacedName exemption) {
    new ClusterObjects(admin).deleteExemption(exemption);
  }
}
