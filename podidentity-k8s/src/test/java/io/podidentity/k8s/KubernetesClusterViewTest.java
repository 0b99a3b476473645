package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.testkit.contract.ClusterViewContract;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class KubernetesClusterViewTest extends ClusterViewContract {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static KubernetesClient admin;
  private static KubernetesClient mic;
  private static KubernetesClusterView view;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    mic = TestCluster.shared().asMic();
    view =
        new KubernetesClusterView(
            mic,
            (name, providerId) -> {
              if (providerId.equals("odd")) {
                throw new IllegalStateException("a test throws this");
              }
              return ComputeTarget.fromProviderId(providerId).orElse(null);
            },
            Clock.systemUTC());
    TestCluster.follow(view);
  }

  @AfterAll
  static void end() {
    view.close();
    mic.close();
    admin.close();
  }

  @Override
  protected ClusterView view() {
    return view;
  }

  @Override
  protected void put(Pod pod) {
    objects().put(pod);
  }

  @Override
  protected void put(AzureIdentity identity) {
    objects().put(identity);
  }

  @Override
  protected void put(IdentityBinding binding) {
    objects().put(binding);
  }

  @Override
  protected void put(Node node) {
    objects().put(node);
  }

  @Override
  protected void put(AssignedIdentity record) {
    objects().put(record);
  }

  @Override
  protected void deletePod(NamespacedName name) {
    objects().deletePod(name);
  }

  @Override
  protected void deleteIdentity(NamespacedName name) {
    objects().deleteIdentity(name);
  }

  @Override
  protected void deleteBinding(NamespacedName name) {
    objects().deleteBinding(name);
  }

  @Override
  protected void deleteNode(String name) {
    objects().deleteNode(name);
  }

  @Override
  protected void deleteRecord(NamespacedName name) {
    objects().deleteRecord(name);
  }

  @Test
  void objectThatCannotBeReadKeepsNoOtherFromBeingShown() {
    TestCluster.shared()
        .api()
        .apply(
            """
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "odd"},
             "spec": {"providerID": "odd"}}
            """);
    Node ordinary = new Node("ordinary", null);
    put(ordinary);

    Await.until(
        "the other node", Duration.ofSeconds(20), () -> view.snapshot().nodes().contains(ordinary));
    assertThat(view.snapshot().nodes()).extracting(Node::name).doesNotContain("odd");
  }

  /** As the kubelet registers one where the cloud's controller has yet to say what it is. */
  @Test
  void nodeThatWaitsForTheCloudsControllerHasNoTargetYet() {
    String registered =
        """
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "fresh"}, "spec": {%s}}
        """;
    TestCluster.shared()
        .api()
        .apply(
            registered.formatted(
                """
                "taints": [{"key": "node.cloudprovider.kubernetes.io/uninitialized",
                            "value": "true", "effect": "NoSchedule"}]
                """));
    Await.until(
        "the node", SOON, () -> view.snapshot().nodes().contains(new Node("fresh", null, false)));

    ComputeTarget machine = ComputeTarget.virtualMachine("s", "g", "fresh");
    TestCluster.shared()
        .api()
        .apply(registered.formatted("\"providerID\": \"azure://%s\"".formatted(machine.id())));

    Await.until(
        "the machine", SOON, () -> view.snapshot().nodes().contains(new Node("fresh", machine)));
  }

  @Test
  void objectsOfSeveralPagesAreAllShown() {
    int more = 501;
    for (int i = 0; i < more; i++) {
      put(
          new IdentityBinding(
              new NamespacedName("default", "page-" + i), "identity", "page-selector"));
    }
    try (KubernetesClusterView second =
        new KubernetesClusterView(mic, (name, providerId) -> null, Clock.systemUTC())) {
      TestCluster.follow(second);

      assertThat(second.snapshot().bindings())
          .filteredOn(binding -> binding.selector().equals("page-selector"))
          .hasSize(more);
    } finally {
      admin.resources(AzureIdentityBindingResource.class).inNamespace("default").delete();
    }
  }

  private static ClusterObjects objects() {
    return new ClusterObjects(admin);
  }
}
