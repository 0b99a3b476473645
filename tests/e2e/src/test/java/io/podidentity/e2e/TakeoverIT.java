package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node on which v1's NMI is replaced by this one, and one from which this one is removed. */
@EndToEnd
final class TakeoverIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** As v1.8.17's pkg/nmi/iptables writes them, and {@code iptables -S} prints them. */
  private static final List<String> RULES_OF_V1 =
      List.of(
          "-N aad-metadata",
          "-A aad-metadata ! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80"
              + " -j DNAT --to-destination 127.0.0.1:2579",
          "-A aad-metadata -j RETURN");

  private static final String REMOVAL_BY_V1 =
      """
      *nat
      -D PREROUTING -j aad-metadata
      -F aad-metadata
      -X aad-metadata
      COMMIT
      """;

  @Test
  void redirectOfV1IsTakenOverAndRemovedByUninstall(EndToEndCluster cluster, Scene scene) {
    NetworkNamespace node = cluster.spare().network().namespace();
    uninstall(node);
    RULES_OF_V1.forEach(rule -> nat(node, rule));
    nat(node, "-I PREROUTING 1 -j aad-metadata");
    try (Program nmi = cluster.startNmi("--ipt-update-interval-sec=1")) {
      BoundIdentity orders = scene.identity("orders");
      TestPod pod = scene.boundPod("orders", cluster.spare(), orders);

      assertRedirected(node);
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());

      // What v1 does when it is told to end, which may be after this one has started. In one step,
      // because this one may repair it in between.
      node.inside(Command.of("iptables-restore", "-w", "--noflush").withInput(REMOVAL_BY_V1))
          .output();
      Await.asserted(LIMIT, () -> assertRedirected(node));
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());
      nmi.stop();
    }

    assertRedirected(node);
    uninstall(node);
    assertThat(nat(node, "-S")).doesNotContain("aad-metadata");
  }

  private static void assertRedirected(NetworkNamespace node) {
    assertThat(nat(node, "-S aad-metadata").lines()).containsExactlyElementsOf(RULES_OF_V1);
    assertThat(nat(node, "-S PREROUTING 1")).isEqualTo("-A PREROUTING -j aad-metadata\n");
  }

  private static void uninstall(NetworkNamespace node) {
    node.inside(
            Command.of(ProjectFiles.program("nmi"), "uninstall")
                .withEnvironment("JAVA_HOME", System.getProperty("java.home")))
        .output();
  }

  private static String nat(NetworkNamespace node, String words) {
    return node.exec(("iptables -w -t nat " + words).split(" "));
  }
}
