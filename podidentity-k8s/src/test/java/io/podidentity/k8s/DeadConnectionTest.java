package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.Pod;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.net.Relay;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class DeadConnectionTest {
  private static final Duration PING = Duration.ofSeconds(2);

  @Test
  void watchWhoseConnectionIsDeadIsOpenedAnewAfterTwoPings() {
    TestCluster cluster = TestCluster.shared();
    try (Relay relay = Relay.to(URI.create(KubeApiServer.shared().url()));
        KubernetesClient admin = cluster.asAdmin();
        KubernetesClient client = cluster.asNmiThrough(relay, PING);
        NodePods pods = new NodePods(client, "dead-connection-node")) {
      TestCluster.follow(pods);
      int connections = relay.accepted();

      relay.forgetConnections();
      Pod pod = new ClusterObjects(admin).put(TestObjects.pod("late", "dead-connection-node"));

      // Counted, because how long it takes depends on the machine too. What that is with the pings
      // that ship, KubernetesClientsTest says.
      Await.asserted(Duration.ofMinutes(1), () -> assertThat(pods.byName(pod.name())).isPresent());
      assertThat(relay.lost()).as("a ping, and perhaps a farewell").isBetween(1, 2);
      assertThat(relay.accepted()).isGreaterThan(connections);
    }
  }
}
