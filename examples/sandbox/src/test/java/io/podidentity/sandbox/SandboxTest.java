package io.podidentity.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SandboxTest {
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @BeforeAll
  static void quietLogs() {
    SandboxMain.quietLogs();
  }

  @Test
  void storyGoesAsItShouldOnTheEmbeddedApi() {
    tell(null);

    assertThat(told.toString(StandardCharsets.UTF_8))
        .contains("pod orders (127.0.0.2) has a token for orders")
        .contains("pod stranger (127.0.0.4) is refused: ")
        .contains("deleted pod billing; on the machine of node-vm: [orders]");
  }

  @Test
  @RequiresRealPart(RealPart.KUBE_APISERVER)
  void storyGoesAsItShouldOnARealApiAndLeavesNothingThere() {
    try (KubeApiServer api = KubeApiServer.start()) {
      tell(api.adminKubeconfig());

      assertThat(api.kubectl("get", "nodes,pods,leases,events", "-n", "default", "-o", "name"))
          .isEmpty();
      assertThat(api.kubectl("get", "endpoints", "-n", "default", "-o", "name"))
          .doesNotContain("aad-pod-identity");
      assertThat(api.kubectl("get", "crds", "-o", "name")).isEmpty();
    }
  }

  @Test
  @RequiresRealPart(RealPart.KUBE_APISERVER)
  void clusterWithNodesIsRefused() {
    try (KubeApiServer api = KubeApiServer.start()) {
      api.apply(
          """
          apiVersion: v1
          kind: Node
          metadata: {name: somebodys-node}
          """);

      assertThatThrownBy(() -> tell(api.adminKubeconfig()))
          .isInstanceOf(SandboxException.class)
          .hasMessage(
              "this cluster has nodes; --kubeconfig is for an empty API server without a cluster");
    }
  }

  @Test
  void kubeconfigThatCannotBeReadIsOneLine() {
    assertThatThrownBy(() -> tell(Path.of("/no/such/file")))
        .isInstanceOf(SandboxException.class)
        .hasMessage("cannot read the kubeconfig /no/such/file");
  }

  @Test
  void portInUseIsNamed() throws IOException {
    int port = Cast.VM_NODE.nmiPort();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();

      assertThatThrownBy(() -> tell(null))
          .isInstanceOf(SandboxException.class)
          .hasMessageStartingWith("port 2579 is in use");
    }
  }

  private void tell(@Nullable Path kubeconfig) {
    Clock clock = Clock.systemUTC();
    Narrator narrator = new Narrator(new PrintStream(told, true, StandardCharsets.UTF_8), clock);
    try (Sandbox sandbox = new Sandbox(narrator, clock)) {
      Story story = sandbox.start(kubeconfig, SandboxOptions.Programs.NONE);
      story.assignment();
      story.tokens();
      story.removal();
    }
  }
}
