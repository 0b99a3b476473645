package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Two MICs: upstream's test/e2e/liveness_probe_test.go and disruptive_test.go. */
@EndToEnd
final class LeadershipIT {
  private static final String LOCK = "aad-pod-identity-mic";

  @Test
  void podGetsItsIdentityThoughTheLeaderDiesWhileAzureAssignsIt(
      EndToEndCluster cluster, Scene scene) {
    Program leader = cluster.mic();
    String machine = cluster.vm().computeId();
    cluster.azure().writes(machine, "location", 202, Duration.ofSeconds(2));
    try (Program standby = cluster.startStandbyMic()) {
      assertThat(leader.health()).isEqualTo("Active");
      assertThat(holders(cluster)).containsOnly("mic-0");
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
      assertThat(holders(cluster)).containsOnly("mic-1");
      leader.start();
      leader.awaitHealth("Not Active");
      assertThat(holders(cluster)).containsOnly("mic-1");
      // It gives the lease back.
      standby.stop();
    } finally {
      cluster.azure().writes(machine, "synchronous", 200, Duration.ZERO);
      leader.startAgainIfItEnded();
    }
  }

  /** As upstream's test, that of the lock objects: v1's, and the one that comes after it. */
  private static List<String> holders(EndToEndCluster cluster) {
    String v1 =
        get(
            cluster,
            "endpoints/" + LOCK,
            "{.metadata.annotations.control-plane\\.alpha\\.kubernetes\\.io/leader}");
    return List.of(
        JsonMapper.shared().readTree(v1).path("holderIdentity").asString(),
        get(cluster, "lease/" + LOCK, "{.spec.holderIdentity}"));
  }

  private static String get(EndToEndCluster cluster, String object, String path) {
    return cluster.api().kubectl("get", object, "-n", "default", "-o", "jsonpath=" + path);
  }
}
