package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * NMI from its image as the chart starts it with {@code nmi.iptablesBackend: nft}: with {@code
 * NET_ADMIN} and nothing else.
 */
@EndToEnd
final class NetAdminAloneIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** 1 shifted by 12, the capability's number in capabilities(7). */
  private static final String NET_ADMIN = "0000000000001000";

  @Test
  void podGetsItsTokenAndNothingThatNmiDoesFails(EndToEndCluster cluster, Scene scene)
      throws IOException {
    try (Program nmi = cluster.startNmi(Program.OF_NFT)) {
      BoundIdentity orders = scene.identity("orders");
      TestPod pod = scene.boundPod("orders", cluster.spare(), orders);

      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());
      Await.asserted(
          LIMIT,
          () ->
              assertThat(cluster.spare().network().namespace().exec("nft", "list", "tables"))
                  .contains("table ip nat", "podidentity-lockdown", "podidentity-pins"));
      assertThat(capabilities(nmi.process())).contains("CapEff:\t" + NET_ADMIN);
      assertThat(Files.readAllLines(nmi.process().log()))
          .hasSizeGreaterThan(5)
          // Of v1's flags.
          .filteredOn(line -> !line.contains("flags without effect"))
          .noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR "));
    }
  }

  private static String capabilities(ManagedProcess process) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
  }
}
