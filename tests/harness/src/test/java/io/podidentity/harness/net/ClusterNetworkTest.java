package io.podidentity.harness.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandFailedException;
import io.podidentity.harness.process.ManagedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.CURL})
final class ClusterNetworkTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String IMDS = "http://" + ClusterNetwork.IMDS_ADDRESS + "/";

  private static ClusterNetwork network;

  @BeforeAll
  static void build() {
    network = ClusterNetwork.create(2);
    listen(network.azure(), "imds", ClusterNetwork.IMDS_ADDRESS, 80);
  }

  @AfterAll
  static void remove() {
    network.close();
  }

  @Test
  void podReachesImdsThroughItsNodeWithItsOwnAddress() {
    try (PodNetwork first = network.node(0).addPod("first");
        PodNetwork second = network.node(1).addPod("second")) {
      assertThat(Curl.in(first).request(IMDS).body()).isEqualTo("imds saw " + first.address());
      assertThat(Curl.in(second).request(IMDS).body()).isEqualTo("imds saw " + second.address());
    }
  }

  @Test
  void nodeAndControllerReachImdsWithTheirOwnAddresses() {
    for (NodeNetwork node : network.nodes()) {
      assertThat(Curl.in(node.namespace()).request(IMDS).body())
          .isEqualTo("imds saw " + node.address());
    }
    assertThat(Curl.in(network.control()).request(IMDS).body())
        .isEqualTo("imds saw " + ClusterNetwork.CONTROL_ADDRESS);
  }

  @Test
  void podsReachEachOtherAcrossNodesAndOnOne() {
    try (PodNetwork server = network.node(0).addPod("server");
        PodNetwork neighbour = network.node(0).addPod("neighbour");
        PodNetwork remote = network.node(1).addPod("remote")) {
      listen(server.namespace(), "pod", server.address(), 8080);
      String url = "http://" + server.address() + ":8080/";
      assertThat(Curl.in(neighbour).request(url).body())
          .isEqualTo("pod saw " + neighbour.address());
      assertThat(Curl.in(remote).request(url).body()).isEqualTo("pod saw " + remote.address());
      assertThat(Curl.in(network.node(0).namespace()).request(url).body())
          .isEqualTo("pod saw " + network.node(0).address());
      assertThat(Curl.in(network.control()).request(url).body())
          .isEqualTo("pod saw " + ClusterNetwork.CONTROL_ADDRESS);
    }
  }

  @Test
  void otherDestinationsAreUnreachableAtOnce() {
    try (PodNetwork pod = network.node(0).addPod("pod")) {
      assertThatThrownBy(() -> Curl.in(pod).withTimeout(LONG).request("http://192.0.2.1/"))
          .isInstanceOfSatisfying(
              CommandFailedException.class, e -> assertThat(e.result().exitCode()).isEqualTo(7));
    }
  }

  @Test
  void addressOfAClosedPodCanBeGivenAgain() {
    PodNetwork former = network.node(0).addPod("former");
    former.close();
    try (PodNetwork next = network.node(0).addPod("next", former.address())) {
      assertThat(next.nodeDevice()).isEqualTo(former.nodeDevice());
      assertThat(Curl.in(next).request(IMDS).body()).isEqualTo("imds saw " + next.address());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"iptables-nft", "iptables-legacy"})
  void redirectOnTheNodeTakesPodsButNotTheNode(String iptables) {
    (iptables.endsWith("nft") ? RealPart.IPTABLES_NFT : RealPart.IPTABLES_LEGACY).require();
    NodeNetwork node = network.node(0);
    String rule =
        "PREROUTING -d %s/32 -p tcp --dport 80 -j DNAT --to-destination 127.0.0.1:2579"
            .formatted(ClusterNetwork.IMDS_ADDRESS);
    try (PodNetwork pod = node.addPod("pod");
        ManagedProcess nmi = listen(node.namespace(), "nmi", "127.0.0.1", 2579)) {
      iptables(node, iptables, "-A", rule);
      assertThat(Curl.in(pod).request(IMDS).body()).isEqualTo("nmi saw " + pod.address());
      assertThat(Curl.in(node.namespace()).request(IMDS).body())
          .isEqualTo("imds saw " + node.address());
      iptables(node, iptables, "-D", rule);
      assertThat(Curl.in(pod).request(IMDS).body()).isEqualTo("imds saw " + pod.address());
      assertThat(nmi.isAlive()).isTrue();
    }
  }

  @Test
  void closingRemovesAllItsNamespaces() {
    ClusterNetwork other = ClusterNetwork.create(1);
    PodNetwork pod = other.node(0).addPod("pod");
    String azure = other.azure().name();
    assertThat(Command.of("ip", "netns", "list").output())
        .contains(azure, pod.namespace().name(), other.node(0).namespace().name());
    other.close();
    assertThat(Command.of("ip", "netns", "list").output())
        .doesNotContain(azure, pod.namespace().name(), other.node(0).namespace().name())
        .contains(network.azure().name());
  }

  private static void iptables(NodeNetwork node, String program, String action, String rule) {
    List<String> words = new ArrayList<>(List.of(program, "-w", "-t", "nat", action));
    words.addAll(List.of(rule.split(" ", -1)));
    node.namespace().inside(Command.of(words)).output();
  }

  private static ManagedProcess listen(
      NetworkNamespace namespace, String name, String address, int port) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    ManagedProcess server =
        namespace.start(
            name,
            java,
            "-Xmx32m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classes,
            EchoServerMain.class.getName(),
            name,
            address,
            Integer.toString(port));
    server.awaitLine(Pattern.compile("^listening$"), LONG);
    return server;
  }
}
