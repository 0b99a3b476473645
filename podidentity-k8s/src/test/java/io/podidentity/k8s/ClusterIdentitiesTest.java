package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.IdentityDirectoryContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With the rights of {@code deploy/rbac/nmi.yaml}, and no more. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class ClusterIdentitiesTest extends IdentityDirectoryContract {
  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static ClusterIdentities identities;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmi();
    identities = new ClusterIdentities(nmi);
    TestCluster.follow(identities);
  }

  @AfterAll
  static void end() {
    identities.close();
    nmi.close();
    admin.close();
  }

  @Override
  protected ClusterIdentities directory() {
    return identities;
  }

  @Override
  protected void put(AzureIdentity identity) {
    new ClusterObjects(admin).put(identity);
  }

  @Override
  protected void deleteIdentity(NamespacedName name) {
    new ClusterObjects(admin).deleteIdentity(name);
  }

  @Test
  void whatIsThereIsShownOnceTheFirstListHasComeAndNothingIsSaidBefore() {
    AzureIdentity before = TestObjects.identity("shown-before");
    put(before);
    try (ClusterIdentities late = new ClusterIdentities(nmi)) {
      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(late::describedIds)
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));

      TestCluster.follow(late);

      assertThat(late.describedIds()).containsAll(before.managedIds());
    }
  }
}
