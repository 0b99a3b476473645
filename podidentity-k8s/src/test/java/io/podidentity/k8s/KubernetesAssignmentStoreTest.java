package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.testkit.contract.AssignmentStoreContract;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class KubernetesAssignmentStoreTest extends AssignmentStoreContract {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static KubernetesClient admin;
  private static KubernetesClient mic;
  private static KubernetesClusterView view;
  private static KubernetesAssignmentStore store;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    mic = TestCluster.shared().asMic();
    view = new KubernetesClusterView(mic, (name, providerId) -> null, Clock.systemUTC());
    TestCluster.follow(view);
    store = new KubernetesAssignmentStore(mic, view, CallRate.unlimited(), WriteGuard.NONE);
  }

  @AfterAll
  static void end() {
    view.close();
    mic.close();
    admin.close();
  }

  @Override
  protected AssignmentStore store() {
    return store;
  }

  @Override
  protected void put(AzureIdentity identity) {
    new ClusterObjects(admin).put(identity);
    Await.asserted(
        SOON,
        () -> {
          AzureIdentityResource known = view.identity(identity.name());
          assertThat(known).isNotNull();
          assertThat(IdentityMapping.identity(known, identity.name()).sameMeaningAs(identity))
              .isTrue();
        });
  }

  @Override
  protected void put(IdentityBinding binding) {
    new ClusterObjects(admin).put(binding);
    Await.asserted(SOON, () -> assertThat(view.binding(binding.name())).isNotNull());
  }

  @Override
  protected Optional<AssignedIdentity> record(NamespacedName name) {
    return new ClusterObjects(admin).record(name);
  }

  @Override
  protected void touch(NamespacedName record) {
    new ClusterObjects(admin)
        .resourceOf(record)
        .edit(
            resource -> {
              resource.getMetadata().setLabels(Map.of("touched", UUID.randomUUID().toString()));
              return resource;
            });
  }

  @Override
  protected void remove(NamespacedName record) {
    new ClusterObjects(admin).deleteRecord(record);
  }
}
