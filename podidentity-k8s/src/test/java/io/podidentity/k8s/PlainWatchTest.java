package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Behind a load balancer, watches of a real API server. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class PlainWatchTest {
  private static final Duration PING = Duration.ofSeconds(1);
  private static final Duration HANDSHAKE = Duration.ofMillis(500);
  private static final Duration NO_HURRY = Duration.ofSeconds(30);

  private final TestCluster cluster = TestCluster.shared();
  private final KubernetesClient admin = cluster.asAdmin();

  @AfterEach
  void end() {
    for (String name : List.of("passed", "dropped", "before", "after", "slow")) {
      delete(name);
    }
    admin.close();
  }

  @Test
  void whereUpgradesPassAWatchIsOneHandshake() {
    try (LoadBalancer balancer = balancer(false, Duration.ZERO);
        KubernetesClient client = client(balancer, Duration.ofSeconds(15), NO_HURRY);
        NodePods pods = new NodePods(client, "upgrades-pass")) {
      TestCluster.follow(pods);
      put("passed", "upgrades-pass");

      awaitPod(pods, "passed");
      assertThat(balancer.lists()).isEqualTo(1);
      assertThat(balancer.handshakes()).isEqualTo(1);
      assertThat(balancer.plainWatches()).isZero();
    }
  }

  @Test
  void whereUpgradesAreDroppedNoEventIsLostBetweenTwoPlainWatches() {
    try (LoadBalancer balancer = balancer(true, Duration.ZERO);
        KubernetesClient client = client(balancer, PING, HANDSHAKE);
        NodePods pods = new NodePods(client, "upgrades-dropped")) {
      TestCluster.follow(pods);

      while (balancer.plainWatches() < 2) {
        put("dropped", "upgrades-dropped");
        awaitPod(pods, "dropped");
        delete("dropped");
        Await.asserted(NO_HURRY, () -> assertThat(pods.byName(name("dropped"))).isEmpty());
      }

      assertThat(balancer.lists()).isEqualTo(1);
      assertThat(balancer.handshakes()).isEqualTo(1);
    }
  }

  @Test
  void plainWatchWhoseConnectionIsDeadIsOpenedAnew() {
    try (LoadBalancer balancer = balancer(true, Duration.ZERO);
        KubernetesClient client = client(balancer, PING, HANDSHAKE);
        NodePods pods = new NodePods(client, "plain-dead")) {
      TestCluster.follow(pods);
      put("before", "plain-dead");
      awaitPod(pods, "before");

      balancer.forgetConnections();
      put("after", "plain-dead");

      awaitPod(pods, "after");
      assertThat(balancer.lists()).isEqualTo(1);
    }
  }

  @Test
  void slowHandshakeCostsAPlainWatchAndNoError() {
    try (LoadBalancer balancer = balancer(false, HANDSHAKE.multipliedBy(2));
        KubernetesClient client = client(balancer, PING, HANDSHAKE);
        NodePods pods = new NodePods(client, "slow-handshake")) {
      TestCluster.follow(pods);
      put("slow", "slow-handshake");

      awaitPod(pods, "slow");
      assertThat(balancer.lists()).isEqualTo(1);
      assertThat(balancer.handshakes()).isEqualTo(1);
      assertThat(balancer.plainWatches()).isPositive();
    }
  }

  private LoadBalancer balancer(boolean dropsUpgrade, Duration delay) {
    return new LoadBalancer(cluster.api(), dropsUpgrade, delay);
  }

  private KubernetesClient client(LoadBalancer balancer, Duration ping, Duration handshake) {
    Config config =
        KubernetesClients.fromFile(
            cluster.api().kubeconfigFor("default", "aad-pod-id-nmi-service-account"));
    config.setMasterUrl(balancer.url());
    return KubernetesClients.create(
        config,
        "test",
        Duration.ofMillis(62),
        new PingedHttpClient.Factory(ping, handshake, new WatchSockets()));
  }

  /** With what is no ASCII, which must not break the line of its event. */
  private void put(String name, String node) {
    admin
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .addToAnnotations("owner", "Jürgen 猫 🐈")
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  private void delete(String name) {
    admin.pods().inNamespace("default").withName(name).withGracePeriod(0).delete();
  }

  private static void awaitPod(NodePods pods, String name) {
    Await.asserted(NO_HURRY, () -> assertThat(pods.byName(name(name))).isPresent());
  }

  private static NamespacedName name(String name) {
    return new NamespacedName("default", name);
  }
}
