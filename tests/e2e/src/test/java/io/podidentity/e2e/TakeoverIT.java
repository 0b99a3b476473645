package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node on which v1's NMI is replaced by this one, and one from which this one is removed. */
@EndToEnd
final class TakeoverIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void redirectOfV1IsTakenOverAndRemovedByUninstall(EndToEndCluster cluster, Scene scene) {
    NetworkNamespace node = cluster.spare().network().namespace();
    uninstall(node);
    V1Rules.write(node);
    try (Program nmi = cluster.startNmi("--ipt-update-interval-sec=1")) {
      BoundIdentity orders = scene.identity("orders");
      TestPod pod = scene.boundPod("orders", cluster.spare(), orders);

      V1Rules.assertThere(node);
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());

      // v1 may be told to end after this one has started.
      V1Rules.remove(node);
      Await.asserted(LIMIT, () -> V1Rules.assertThere(node));
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());
      nmi.stop();
    }

    V1Rules.assertThere(node);
    uninstall(node);
    assertThat(V1Rules.nat(node, "-S")).doesNotContain("aad-metadata");
  }

  private static void uninstall(NetworkNamespace node) {
    node.inside(
            Command.of(ProjectFiles.program("nmi"), "uninstall")
                .withEnvironment("JAVA_HOME", System.getProperty("java.home")))
        .output();
  }
}
