package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Identities that are kept to pods of their own namespace, by their annotation or by flag. */
@EndToEnd
final class NamespacedIT {

  @Test
  void annotatedIdentityIsForPodsOfItsNamespaceAlone(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    scene.bindNamespaced(orders, "orders");
    TestPod own = scene.pod("orders", cluster.secondInstance(), "orders");

    // Sent until MIC has recorded it: this node's NMI waits for that no longer than 2 s.
    scene.awaitAssignedInItsNamespace(own, orders);
    assertThat(TokenAnswer.of(own.askForToken()).clientId()).isEqualTo(orders.clientId());

    try (Scene other = new Scene(cluster, scene.namespace() + "-other")) {
      TestPod stranger = other.pod("orders", cluster.secondInstance(), "orders");

      assertRefused(stranger.askForToken(), 404, "identity-not-bound");
    }
  }

  @Test
  void flagKeepsAllIdentitiesToPodsOfTheirNamespace(EndToEndCluster cluster, Scene scene) {
    try (Program nmi =
        cluster.startNmi(
            "--forceNamespaced",
            "--retry-attempts-for-created=2",
            "--retry-attempts-for-assigned=60",
            "--find-identity-retry-interval=1")) {
      BoundIdentity shared = scene.identity("shared");
      BoundIdentity namespaced = scene.identity("namespaced");
      // Assigned by a MIC without the flag, for all namespaces.
      TestPod one = scene.boundPod("shared", cluster.spare(), shared);
      scene.bindNamespaced(namespaced, "namespaced");
      TestPod other = scene.pod("namespaced", cluster.spare(), "namespaced");
      scene.awaitAssignedInItsNamespace(other, namespaced);

      assertRefused(one.askForToken(), 404, "identity-not-bound");
      assertThat(TokenAnswer.of(other.askForToken()).clientId()).isEqualTo(namespaced.clientId());
    }
  }
}
