package io.podidentity.iptables;

import static io.podidentity.iptables.PinnedNode.GATEWAY;
import static io.podidentity.iptables.PinnedNode.IMDS;
import static io.podidentity.iptables.PinnedNode.ask;
import static io.podidentity.iptables.PinnedNode.assertSilent;
import static io.podidentity.iptables.PinnedNode.hardwareAddress;
import static io.podidentity.iptables.PinnedNode.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods that use each other's addresses on one of the kernel's bridges. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CURL})
final class BridgePinsTest {

  private static final String HONEST = "10.244.0.130";
  private static final String SPOOFER = "10.244.0.131";

  private final PinnedNode node = new PinnedNode();
  private final SourcePins pins = node.pins();
  private NetworkNamespace honest;
  private NetworkNamespace spoofer;

  @BeforeEach
  void build() throws IOException {
    node.addBridge();
    honest = node.bridged("honest", HONEST);
    spoofer = node.bridged("spoofer", SPOOFER);
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + HONEST);
  }

  @AfterEach
  void remove() {
    node.close();
  }

  @Test
  void podIsHeardFromItsOwnPortAlone() {
    honest.ip("link set eth0 down");
    spoofer.ip("address add " + HONEST + "/25 dev eth0");
    node.namespace().ip("neigh flush dev cbr0");
    // Without pins it works.
    assertThat(ask(spoofer, IMDS, HONEST)).isEqualTo("nmi saw " + HONEST);

    pins.ensure();

    assertThat(pins.pinned()).isEqualTo(2);
    assertSilent(spoofer, IMDS, HONEST);
    pins.count();
    assertThat(pins.dropped()).isPositive();
    assertThat(node.alarms).hasSize(1).first().asString().startsWith("honest " + HONEST + " ");
    assertThat(ask(spoofer, IMDS, SPOOFER)).isEqualTo("nmi saw " + SPOOFER);
    honest.ip("link set eth0 up", "route replace default via " + GATEWAY);
    spoofer.ip("address del " + HONEST + "/25 dev eth0");
    node.namespace().ip("neigh flush dev cbr0");
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + HONEST);
  }

  @Test
  void portThatNoResultNamesIsNotPinned() throws IOException {
    Files.delete(node.result("honest"));
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(1);
    assertThat(pins.unpinned()).isEqualTo(1);
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + HONEST);
  }

  /** The answers to the other pod's requests would come here, and with them its tokens. */
  @Test
  void anotherPodsAddressCannotBeClaimedByArp() {
    String own = hardwareAddress(spoofer, "eth0");
    Frames frames = new Frames("ff:ff:ff:ff:ff:ff", own);
    List<String> claim = List.of(frames.arpRequest(HONEST, GATEWAY));
    send(spoofer, claim);
    assertThat(neighbour()).contains(own);
    node.namespace().ip("neigh flush dev cbr0");
    pins.ensure();
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + HONEST);

    send(spoofer, claim);
    send(spoofer, List.of(frames.frame("8100", "0000", claim.get(0).substring(24))));
    send(
        spoofer, List.of(frames.frame("8100", "0000", "8100", "0000", claim.get(0).substring(24))));

    assertThat(neighbour()).contains(hardwareAddress(honest, "eth0"));
  }

  private String neighbour() {
    return node.namespace().exec("ip", "neigh", "show", HONEST, "dev", "cbr0");
  }

  /** The bridge would send that pod's frames here. */
  @Test
  void anotherPodsHardwareAddressCannotBeClaimed() {
    String victim = hardwareAddress(honest, "eth0");
    Frames frames = new Frames("ff:ff:ff:ff:ff:ff", victim);
    // Of a type that is for experiments.
    List<String> claim = List.of(frames.frame("88b5", "00".repeat(46)));
    send(spoofer, claim);
    assertThat(forwarding(victim)).contains("veth-spoofer");
    pins.ensure();
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + HONEST);
    assertThat(forwarding(victim)).contains("veth-honest");

    send(spoofer, claim);

    assertThat(forwarding(victim)).contains("veth-honest");
    assertThat(ask(spoofer, IMDS)).isEqualTo("nmi saw " + SPOOFER);
  }

  private String forwarding(String hardwareAddress) {
    return node.namespace()
        .exec("bridge", "fdb", "show", "br", "cbr0", "dynamic")
        .lines()
        .filter(line -> line.contains(hardwareAddress))
        .toList()
        .toString();
  }
}
