package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.process.CommandFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Pods that ask with the address of another pod of their node. */
@EndToEnd
final class SpoofingIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Packets are counted every two seconds. */
  private static final Duration COUNTED = Duration.ofSeconds(15);

  /** With {@code route_localnet} on the node, what is sent to 127.0.0.1 arrives there. */
  private static final String LOCALNET =
      "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet;"
          + " ip route del local 127.0.0.0/8 table local; ip route del local 127.0.0.1 table local;"
          + " ip route add 127.0.0.1 via %s dev eth0";

  @Test
  void routedPodIsNotHeardWithTheAddressOfAnother(EndToEndCluster cluster, Scene scene) {
    TestPod victim = scene.boundPod("victim", cluster.vm(), scene.identity("orders"));
    TestPod spoofer = scene.pod("spoofer", cluster.vm(), "spoofer");
    awaitPinned(cluster.vm(), victim, spoofer);

    take(victim, spoofer, "169.254.1.1");

    assertIsNotHeard(cluster.nmi(cluster.vm()), victim, spoofer);
    scene.awaitPodEvent(victim, "SpoofedAddress");
    TokenAnswer.of(victim.askForToken());
  }

  @Test
  void podOnABridgeGetsTheTokenOfAnotherOnlyWhereItsPortIsNotKnown(
      EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    scene.bind(orders, "victim");
    NodeNetwork node = cluster.vm().network();
    TestPod victim = scene.bridgedPod("victim", cluster.vm(), "victim", false);
    scene.awaitAssigned(victim, orders);
    TestPod spoofer = scene.bridgedPod("spoofer", cluster.vm(), "spoofer", true);
    TokenAnswer.of(victim.askForToken());
    take(victim, spoofer, node.bridgeAddress());
    spoofer
        .network()
        .namespace()
        .ip(
            "neigh replace %s lladdr %s dev eth0"
                .formatted(
                    node.bridgeAddress(), node.namespace().hardwareAddress(NodeNetwork.BRIDGE)));
    // The answers go there, however that was brought about.
    node.namespace()
        .ip(
            "neigh replace %s lladdr %s dev %s"
                .formatted(
                    victim.address(),
                    spoofer.network().namespace().hardwareAddress("eth0"),
                    NodeNetwork.BRIDGE));
    assertThat(TokenAnswer.of(askAs(victim, spoofer, TestPod.TOKEN_URL)).clientId())
        .as("what an address alone is worth")
        .isEqualTo(orders.clientId());
    cluster
        .nmi(cluster.vm())
        .process()
        .awaitLine(
            Pattern.compile("no source pin for .*\\b" + Pattern.quote(victim.address()) + "\\b"),
            LIMIT);
    assertThat(unpinned(cluster.vm())).isPositive();

    scene.leaveResult(victim);
    cluster.api().kubectl("label", "pod/" + victim.name(), "-n", scene.namespace(), "nudge=now");
    awaitPinned(cluster.vm(), victim, spoofer);

    Await.until("all have pins", LIMIT, () -> unpinned(cluster.vm()) == 0);
    assertIsNotHeard(cluster.nmi(cluster.vm()), victim, spoofer);
    scene.awaitPodEvent(victim, "SpoofedAddress");
    node.namespace().ip("neigh del " + victim.address() + " dev " + NodeNetwork.BRIDGE);
    TokenAnswer.of(victim.askForToken());
  }

  @Test
  void wherePinsAreEnforcedOthersAreRefusedAndThePinsEndWithNmi(
      EndToEndCluster cluster, Scene scene) {
    TestNode spare = cluster.spare();
    try (Program nmi = cluster.startNmi("--source-pinning=enforce")) {
      BoundIdentity orders = scene.identity("orders");
      TestPod pod = scene.boundPod("orders", spare, orders);
      BoundIdentity billing = scene.identity("billing");
      scene.bind(billing, "unpinned");
      TestPod unpinned = scene.bridgedPod("unpinned", spare, "unpinned", false);
      scene.awaitAssigned(unpinned, billing);
      awaitPinned(spare, pod);

      Await.asserted(
          LIMIT,
          () ->
              assertThat(TokenAnswer.of(pod.askForToken()).clientId())
                  .isEqualTo(orders.clientId()));
      assertRefused(unpinned.askForToken(), 503, "source-not-pinned", 2);

      assertThat(tables(spare)).isNotEmpty();
      nmi.kill();
      Await.asserted(LIMIT, () -> assertThat(tables(spare)).isEmpty());
    }
  }

  private static List<String> tables(TestNode node) {
    return node.network()
        .namespace()
        .exec("nft", "list", "tables")
        .lines()
        .filter(line -> line.contains("podidentity-pins"))
        .toList();
  }

  /** Waits until the kernel holds the pods' addresses to interfaces. */
  static void awaitPinned(TestNode node, TestPod... pods) {
    for (TestPod pod : pods) {
      Await.until(
          pod.name() + " is pinned",
          LIMIT,
          () ->
              node.network()
                  .namespace()
                  .exec("nft", "list", "ruleset")
                  .contains("\"%s\" . %s".formatted(pod.network().nodeDevice(), pod.address())));
    }
  }

  static void take(TestPod victim, TestPod spoofer, String gateway) {
    NetworkNamespace namespace = spoofer.network().namespace();
    namespace.ip("address add " + victim.address() + "/32 dev eth0");
    namespace.exec("sh", "-c", LOCALNET.formatted(gateway));
  }

  private static void assertIsNotHeard(Program nmi, TestPod victim, TestPod spoofer) {
    TestNode node = victim.node();
    long heard = requestsOf(victim, nmi);
    for (String target :
        List.of(
            TestPod.TOKEN_URL,
            "http://" + node.network().address() + ":2579/metadata/identity/oauth2/token",
            "http://127.0.0.1:2579/metadata/identity/oauth2/token")) {
      double dropped = dropped(node);

      assertThatThrownBy(() -> askAs(victim, spoofer, target))
          .as(target)
          .isInstanceOf(CommandFailedException.class);

      Await.until(target + " is counted", COUNTED, () -> dropped(node) > dropped);
    }
    assertThat(requestsOf(victim, nmi)).isEqualTo(heard);
  }

  static HttpAnswer askAs(TestPod victim, TestPod spoofer, String target) {
    return Curl.in(spoofer.network())
        .withTimeout(Duration.ofSeconds(2))
        .request(target, "--interface", victim.address(), "-H", "Metadata:true");
  }

  private static double dropped(TestNode node) {
    return metric(node, "podidentity_spoofed_packets_total");
  }

  private static double unpinned(TestNode node) {
    return metric(node, "podidentity_source_pins{state=\"unpinned\"}");
  }

  private static double metric(TestNode node, String series) {
    return Scrape.of(node.network().namespace(), 9090).value(series);
  }

  /** How many lines of NMI's log are about requests from the pod's address. */
  private static long requestsOf(TestPod pod, Program nmi) {
    Path file = nmi.process().log();
    try {
      return Files.readString(file)
          .lines()
          .filter(line -> line.contains("req.remote=" + pod.address() + " "))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
