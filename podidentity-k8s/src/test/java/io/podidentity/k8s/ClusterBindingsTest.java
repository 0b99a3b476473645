package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.BindingDirectoryContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class ClusterBindingsTest extends BindingDirectoryContract {
  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static ClusterBindings bindings;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmiInManagedMode();
    bindings = new ClusterBindings(nmi);
    TestCluster.follow(bindings);
  }

  @AfterAll
  static void end() {
    bindings.close();
    nmi.close();
    admin.close();
  }

  @Override
  protected BindingDirectory directory() {
    return bindings;
  }

  @Override
  protected void put(IdentityBinding binding) {
    new ClusterObjects(admin).put(binding);
  }

  @Override
  protected void put(AzureIdentity identity) {
    new ClusterObjects(admin).put(identity);
  }

  @Override
  protected void deleteBinding(NamespacedName name) {
    new ClusterObjects(admin).deleteBinding(name);
  }

  @Override
  protected void deleteIdentity(NamespacedName name) {
    new ClusterObjects(admin).deleteIdentity(name);
  }

  @Test
  void nothingIsSaidBeforeTheFirstLists() {
    try (ClusterBindings early = new ClusterBindings(nmi)) {
      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(() -> early.bindings("default", "any"))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(early::describedIds)
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
    }
  }
}
