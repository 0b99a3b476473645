package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** With the rights of {@code deploy/rbac/nmi.yaml}, and no more. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class ClusterIdentitiesTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void idsOfTheIdentitiesOfEachNamespaceAreShownAsTheyAreNowOnceTheFirstListHasCome() {
    TestCluster cluster = TestCluster.shared();
    try (KubernetesClient admin = cluster.asAdmin();
        KubernetesClient nmi = cluster.asNmi();
        ClusterIdentities identities = new ClusterIdentities(nmi)) {
      ClusterObjects objects = new ClusterObjects(admin);
      AzureIdentity before = TestObjects.identity("shown-before");
      AzureIdentity after = TestObjects.identity("shown-after");
      objects.put(before);
      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(identities::describedIds)
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));

      TestCluster.follow(identities);
      assertThat(identities.describedIds()).containsAll(before.managedIds());

      objects.put(after);
      objects.deleteIdentity(before.name());
      Await.asserted(
          SOON,
          () ->
              assertThat(identities.describedIds())
                  .containsAll(after.managedIds())
                  .doesNotContain(resourceId(before)));
    }
  }

  /** The client ID is the same in all of them. */
  private static String resourceId(AzureIdentity identity) {
    return ((Credential.ManagedIdentity) identity.credential())
        .resourceId()
        .value()
        .toLowerCase(Locale.ROOT);
  }
}
