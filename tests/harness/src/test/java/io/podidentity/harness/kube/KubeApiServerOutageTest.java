package io.podidentity.harness.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.CommandFailedException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** In a namespace, as in e2e. */
@RequiresRealPart({RealPart.KUBE_APISERVER, RealPart.NETWORK_NAMESPACES, RealPart.CURL})
final class KubeApiServerOutageTest {

  private static ClusterNetwork network;
  private static KubeApiServer api;

  @BeforeAll
  static void start() {
    network = ClusterNetwork.create(1);
    api = KubeApiServer.startIn(network.control(), ClusterNetwork.CONTROL_ADDRESS);
  }

  @AfterAll
  static void stop() {
    if (api != null) {
      api.close();
    }
    network.close();
  }

  @Test
  void nodeReachesTheServer() {
    assertThat(fromNode().request("-k", api.url() + "/readyz").body()).isEqualTo("ok");
  }

  @Test
  void dataTokensAndPortOutliveARestart() {
    api.kubectl("create", "configmap", "kept");
    Path kubeconfig = api.kubeconfigFor("default", "default");
    api.stopServer();
    assertRefused();
    api.startServer();
    assertThat(api.kubectl("get", "configmap", "kept", "-o", "name").strip())
        .isEqualTo("configmap/kept");
    assertThat(
            network
                .node(0)
                .namespace()
                .exec(
                    EnvtestBinaries.find().kubectl().toString(),
                    "--kubeconfig=" + kubeconfig,
                    "auth",
                    "whoami",
                    "-o",
                    "jsonpath={.status.userInfo.username}"))
        .isEqualTo("system:serviceaccount:default:default");
  }

  @Test
  void killedServerCanBeStartedAgain() {
    api.process().kill();
    assertRefused();
    api.startServer();
    assertThat(api.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
  }

  @Test
  void frozenServerDoesNotAnswerAndGoesOnAfterwards() {
    api.pauseServer();
    assertThatThrownBy(
            () ->
                Curl.in(network.control())
                    .withTimeout(Duration.ofMillis(300))
                    .request("-k", api.url() + "/readyz"))
        .isInstanceOfSatisfying(
            CommandFailedException.class, e -> assertThat(e.result().exitCode()).isEqualTo(28));
    api.resumeServer();
    assertThat(api.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
  }

  @Test
  void closedServerLeavesNoFiles() {
    try (NetworkNamespace namespace = NetworkNamespace.create("short")) {
      namespace.ip("address add 10.250.9.1/32 dev lo");
      KubeApiServer closing = KubeApiServer.startIn(namespace, "10.250.9.1");
      Path folder = closing.adminKubeconfig().getParent();
      assertThat(folder).isDirectory();
      closing.close();
      assertThat(folder).doesNotExist();
      assertThat(closing.process().isAlive()).isFalse();
    }
  }

  private static void assertRefused() {
    assertThatThrownBy(() -> fromNode().request("-k", api.url() + "/readyz"))
        .isInstanceOfSatisfying(
            CommandFailedException.class, e -> assertThat(e.result().exitCode()).isEqualTo(7));
  }

  private static Curl fromNode() {
    return Curl.in(network.node(0).namespace());
  }
}
