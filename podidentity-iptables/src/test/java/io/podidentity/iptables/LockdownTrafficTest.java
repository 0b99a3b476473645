package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandFailedException;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which packets the lockdown lets through: a node, a pod behind it, NMI and IMDS, in namespaces.
 */
@RequiresRealPart({
  RealPart.NETWORK_NAMESPACES,
  RealPart.IPTABLES_NFT,
  RealPart.IPTABLES_LEGACY,
  RealPart.CURL
})
final class LockdownTrafficTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String IMDS = "http://" + ClusterNetwork.IMDS_ADDRESS + "/";

  private static ClusterNetwork network;
  private static NodeNetwork node;
  private static PodNetwork pod;
  private static PodNetwork bridged;
  private static ManagedProcess sink;

  @TempDir private Path folder;
  private final List<RuleSet> written = new ArrayList<>();

  @BeforeAll
  static void build() {
    network = ClusterNetwork.create(1);
    node = network.node(0);
    pod = node.addPod("pod");
    bridged = node.addBridgedPod("bridged");
    NamedListenerMain.start(network.azure(), "imds", ClusterNetwork.IMDS_ADDRESS, 80);
    NamedListenerMain.start(network.azure(), "other", ClusterNetwork.AZURE_ADDRESS, 80);
    NamedListenerMain.start(node.namespace(), "nmi", "127.0.0.1", 2579);
    sink = LineSinkMain.start(network.azure(), ClusterNetwork.IMDS_ADDRESS, 81);
  }

  @AfterAll
  static void remove() {
    network.close();
  }

  @AfterEach
  void removeRules() {
    written.forEach(RuleSet::remove);
  }

  @ParameterizedTest
  @EnumSource
  void podIsKeptFromTheMetadataServiceAndNothingElse(ForwardLayer layer) {
    assertThat(ask(pod.namespace(), IMDS)).isEqualTo("imds saw " + pod.address());
    write(layer.lockdown(node.namespace()));

    assertRefused(IMDS);
    assertThat(ask(pod.namespace(), "http://" + ClusterNetwork.AZURE_ADDRESS + "/"))
        .isEqualTo("other saw " + pod.address());
    assertThat(ask(node.namespace(), IMDS)).isEqualTo("imds saw " + node.address());
  }

  @ParameterizedTest
  @EnumSource
  void podOnABridgeIsKeptFromItToo(ForwardLayer layer) {
    assertThat(ask(bridged.namespace(), IMDS)).isEqualTo("imds saw " + bridged.address());
    write(layer.lockdown(node.namespace()));
    assertRefused(bridged.namespace(), IMDS);
    write(Backend.NFT.redirect(node.namespace()));
    assertThat(ask(bridged.namespace(), IMDS)).isEqualTo("nmi saw " + bridged.address());
  }

  @ParameterizedTest
  @EnumSource
  void redirectWorksBesideIt(ForwardLayer layer) {
    write(layer.lockdown(node.namespace()));
    write(Backend.NFT.redirect(node.namespace()));
    assertThat(ask(pod.namespace(), IMDS)).isEqualTo("nmi saw " + pod.address());
  }

  @ParameterizedTest
  @EnumSource
  void eachLayerHoldsWithoutTheOther(ForwardLayer layer) {
    write(layer.lockdown(node.namespace()));
    write(Backend.NFT.redirect(node.namespace()));

    // Strangers flush all there is of netfilter.
    node.namespace().exec("nft", "flush", "ruleset");
    node.namespace().exec("iptables-legacy", "-F");
    node.namespace().exec("iptables-legacy", "-X");
    assertRefused(IMDS);

    written.forEach(RuleSet::ensure);
    // And one who makes room for his own routing, while the redirect is away too.
    node.namespace().ip("rule del pref 1", "rule del pref 2");
    node.namespace().exec("iptables-nft", "-t", "nat", "-F");
    assertRefused(IMDS);
    assertThat(ask(node.namespace(), IMDS)).isEqualTo("imds saw " + node.address());
  }

  @ParameterizedTest
  @EnumSource
  void connectionThatWasOpenBeforeIsCut(ForwardLayer layer) throws IOException {
    Path lines = folder.resolve("lines");
    Command.of("mkfifo", lines.toString()).output();
    String label = layer.name();
    try (ManagedProcess client =
            pod.namespace()
                .start(
                    "kept",
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/169.254.169.254/81; exec 4<>$0; while read -r l <&4; do echo"
                        + " $l >&3; echo sent; done",
                    lines.toString());
        var writer = Files.newBufferedWriter(lines)) {
      writer.write(label + "-early\n");
      writer.flush();
      sink.awaitLine(said(pod.address(), label + "-early"), LIMIT);
      RuleSet lockdown = layer.lockdown(node.namespace());
      write(lockdown);

      long sent = client.lineCount();
      writer.write(label + "-late\n");
      writer.flush();
      client.awaitLine(Pattern.compile("sent"), sent, LIMIT);
      say(node.namespace(), label + "-node");

      // The node's line was sent later, over the same way.
      sink.awaitLine(said(node.address(), label + "-node"), LIMIT);
      assertThat(Files.readString(sink.log())).doesNotContain(label + "-late");
      // It was the lockdown: without it the kernel's next try arrives.
      lockdown.remove();
      sink.awaitLine(said(pod.address(), label + "-late"), LIMIT);
    }
  }

  /** With policy routing of its own, such as for several network cards. */
  @Test
  void nodeWhoseMainTableDoesNotLeadThereReachesItAsBefore() {
    node.namespace()
        .ip(
            "route del 169.254.169.254 via 10.250.0.2",
            "route add 169.254.169.254 via 10.250.0.2 table 100",
            "route add unreachable 169.254.169.254",
            "rule add pref 100 lookup 100");
    try {
      assertThat(ask(node.namespace(), IMDS)).isEqualTo("imds saw " + node.address());
      write(ForwardLayer.NFT.lockdown(node.namespace()));
      assertThat(ask(node.namespace(), IMDS)).isEqualTo("imds saw " + node.address());
      assertRefused(IMDS);
    } finally {
      node.namespace()
          .ip(
              "rule del pref 100",
              "route flush table 100",
              "route del unreachable 169.254.169.254",
              "route add 169.254.169.254 via 10.250.0.2");
    }
  }

  @Test
  void otherPortsAndProtocolsAreKeptAwayToo() {
    write(ForwardLayer.NFT.lockdown(node.namespace()));
    assertRefused("http://" + ClusterNetwork.IMDS_ADDRESS + ":81/");
    assertThatThrownBy(() -> pod.namespace().exec("ping", "-c", "1", "169.254.169.254"))
        .isInstanceOf(CommandFailedException.class);
  }

  private void write(RuleSet rules) {
    written.add(rules);
    rules.ensure();
  }

  private static void assertRefused(String url) {
    assertRefused(pod.namespace(), url);
  }

  private static void assertRefused(NetworkNamespace from, String url) {
    assertThatThrownBy(() -> ask(from, url))
        .isInstanceOfSatisfying(
            // 7: could not connect.
            CommandFailedException.class, e -> assertThat(e.result().exitCode()).isEqualTo(7));
  }

  private static String ask(NetworkNamespace from, String url) {
    return Curl.in(from).withTimeout(Duration.ofSeconds(20)).request(url).body();
  }

  private static void say(NetworkNamespace from, String line) {
    from.exec("bash", "-c", "echo " + line + " >/dev/tcp/169.254.169.254/81");
  }

  private static Pattern said(String who, String line) {
    return Pattern.compile("^" + Pattern.quote(who + " said " + line) + "$");
  }
}
