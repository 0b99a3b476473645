package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two MICs: upstream's test/e2e/liveness_probe_test.go and disruptive_test.go. */
@EndToEnd
final class LeadershipIT {

  @Test
  void podGetsItsIdentityThoughTheLeaderDiesWhileAzureAssignsIt(
      EndToEndCluster cluster, Scene scene) {
    Program leader = cluster.mic();
    String machine = cluster.vm().computeId();
    cluster.azure().writes(machine, "location", 202, Duration.ofSeconds(2));
    try (Program standby = cluster.startStandbyMic()) {
      assertThat(leader.health()).isEqualTo("Active");
      assertThat(cluster.nodesWithNmi())
          .extracting(node -> cluster.nmi(node).health())
          .containsOnly("Active");
      BoundIdentity orders = scene.identity("orders");
      scene.bind(orders, "orders");
      TestPod pod = scene.pod("orders", cluster.vm(), "orders");
      scene.awaitCreated(pod, orders);

      leader.kill();

      scene.awaitAssigned(pod, orders);
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());
      assertThat(standby.health()).isEqualTo("Active");
      leader.start();
      leader.awaitHealth("Not Active");
      // It gives the lease back.
      standby.stop();
    } finally {
      cluster.azure().writes(machine, "synchronous", 200, Duration.ZERO);
      leader.startAgainIfItEnded();
    }
  }
}
