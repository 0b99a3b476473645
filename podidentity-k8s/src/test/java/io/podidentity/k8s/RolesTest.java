package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the roles in {@code deploy/rbac} must not allow; what they must, every other test needs. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class RolesTest {
  private static KubernetesClient admin;
  private static KubernetesClient mic;
  private static KubernetesClient nmi;

  @BeforeAll
  static void connect() {
    TestCluster cluster = TestCluster.shared();
    admin = cluster.asAdmin();
    mic = cluster.asMic();
    nmi = cluster.asNmi();
  }

  @AfterAll
  static void close() {
    admin.close();
    mic.close();
    nmi.close();
  }

  /** What NMI may read of Secrets is {@link KubernetesSecretsTest}'s. */
  @Test
  void neitherListsSecretsOrReadsConfigMaps() {
    assertForbidden(() -> mic.secrets().inNamespace("default").withName("any").get());
    for (KubernetesClient client : new KubernetesClient[] {mic, nmi}) {
      assertForbidden(() -> client.secrets().inAnyNamespace().list());
      assertForbidden(() -> client.configMaps().inNamespace("default").withName("any").get());
    }
  }

  @Test
  void neitherChangesPodsOrNodes() {
    for (KubernetesClient client : new KubernetesClient[] {mic, nmi}) {
      assertForbidden(() -> client.pods().inNamespace("default").withName("any").delete());
      assertForbidden(() -> client.nodes().withName("any").delete());
    }
  }

  @Test
  void neitherWritesIdentitiesAndBindings() {
    AzureIdentityResource identity = ClusterObjects.resource(TestObjects.identity("forbidden"));
    for (KubernetesClient client : new KubernetesClient[] {mic, nmi}) {
      assertForbidden(() -> client.resource(identity).create());
      assertForbidden(
          () -> client.resource(ClusterObjects.resource(TestObjects.binding("any"))).create());
    }
  }

  @Test
  void nmiWritesNoRecords() {
    AssignedIdentity record = TestObjects.record("of-mic-only", "node");
    new ClusterObjects(admin).put(record);
    AzureAssignedIdentityResource written =
        new ClusterObjects(admin).resourceOf(record.name()).get();

    assertForbidden(() -> nmi.resource(written).update());
    assertForbidden(() -> nmi.resource(written).delete());
    assertForbidden(
        () ->
            nmi.resource(
                    new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("any")
                        .endMetadata()
                        .build())
                .create());
    assertThat(new ClusterObjects(admin).record(record.name())).isPresent();
  }

  @Test
  void nmiReadsWhatStandardModeNeedsAndNoMore() {
    assertForbidden(
        () -> nmi.resources(AzureIdentityBindingResource.class).inAnyNamespace().list());
    assertForbidden(() -> nmi.nodes().list());
    assertForbidden(() -> nmi.apps().replicaSets().inNamespace("default").list());
    assertForbidden(
        () -> nmi.apps().replicaSets().inNamespace("kube-system").withName("any").get());
    assertThatCode(() -> nmi.apps().replicaSets().inNamespace("default").withName("any").get())
        .doesNotThrowAnyException();
  }

  @Test
  void micTouchesNoOtherEndpoints() {
    admin
        .resource(
            new EndpointsBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("of-another")
                .endMetadata()
                .build())
        .create();
    var mine = mic.endpoints().inNamespace("default");

    assertForbidden(() -> mine.withName("of-another").get());
    assertForbidden(() -> mine.withName("aad-pod-identity-mic").delete());
    assertForbidden(() -> mine.list());
    assertForbidden(
        () -> mic.endpoints().inNamespace("kube-system").withName("aad-pod-identity-mic").get());
    assertThatCode(() -> mine.withName("aad-pod-identity-mic").get()).doesNotThrowAnyException();
  }

  @Test
  void micTouchesNoOtherLease() {
    admin
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("of-another")
                .endMetadata()
                .build())
        .create();

    assertForbidden(() -> mic.leases().inNamespace("default").withName("of-another").get());
    assertForbidden(
        () -> mic.leases().inNamespace("kube-system").withName("aad-pod-identity-mic").get());
    assertThatCode(() -> mic.leases().inNamespace("default").withName("aad-pod-identity-mic").get())
        .doesNotThrowAnyException();
  }

  private static void assertForbidden(ThrowingCallable call) {
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.getCode()).isEqualTo(403));
  }
}
