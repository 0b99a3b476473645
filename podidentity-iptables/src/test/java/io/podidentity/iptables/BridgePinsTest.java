package io.podidentity.iptables;

import static io.podidentity.iptables.PinnedNode.IMDS;
import static io.podidentity.iptables.PinnedNode.ask;
import static io.podidentity.iptables.PinnedNode.assertSilent;
import static io.podidentity.iptables.PinnedNode.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
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

  private final PinnedNode node = new PinnedNode();
  private final SourcePins pins = node.pins();
  private final PodNetwork victim = node.bridged("victim");
  private final PodNetwork other = node.bridged("spoofer");
  private final NetworkNamespace honest = victim.namespace();
  private final NetworkNamespace spoofer = other.namespace();

  @BeforeEach
  void build() {
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + victim.address());
  }

  @AfterEach
  void remove() {
    node.close();
  }

  @Test
  void podIsHeardFromItsOwnPortAlone() {
    honest.ip("link set eth0 down");
    spoofer.ip(
        "address add " + victim.address() + "/27 dev eth0",
        // It would ask for this in the other's name.
        "neigh replace %s lladdr %s dev eth0"
            .formatted(node.gateway(), node.namespace().hardwareAddress(NodeNetwork.BRIDGE)));
    node.namespace().ip("neigh flush dev cbr0");
    // Without pins it works.
    assertThat(ask(spoofer, IMDS, victim.address())).isEqualTo("nmi saw " + victim.address());

    pins.ensure();

    assertThat(pins.pinned()).isEqualTo(2);
    assertSilent(spoofer, IMDS, victim.address());
    pins.count();
    assertThat(pins.dropped()).isPositive();
    assertThat(node.alarms)
        .hasSize(1)
        .first()
        .asString()
        .startsWith("victim " + victim.address() + " ");
    assertThat(ask(spoofer, IMDS, other.address())).isEqualTo("nmi saw " + other.address());
    honest.ip("link set eth0 up", "route replace default via " + node.gateway());
    spoofer.ip("address del " + victim.address() + "/27 dev eth0");
    node.namespace().ip("neigh flush dev cbr0");
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + victim.address());
  }

  @Test
  void portThatNoResultNamesIsNotPinned() throws IOException {
    Files.delete(node.result("victim"));
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(1);
    assertThat(pins.unpinned()).isEqualTo(1);
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + victim.address());
  }

  /** The answers to the other pod's requests would come here, and with them its tokens. */
  @Test
  void anotherPodsAddressCannotBeClaimedByArp() {
    String own = spoofer.hardwareAddress("eth0");
    Frames frames = new Frames("ff:ff:ff:ff:ff:ff", own);
    List<String> claim = List.of(frames.arpRequest(victim.address(), node.gateway()));
    send(spoofer, claim);
    assertThat(neighbour()).contains(own);
    node.namespace().ip("neigh flush dev cbr0");
    pins.ensure();
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + victim.address());

    send(spoofer, claim);
    send(spoofer, List.of(frames.frame("8100", "0000", claim.get(0).substring(24))));
    send(
        spoofer, List.of(frames.frame("8100", "0000", "8100", "0000", claim.get(0).substring(24))));

    assertThat(neighbour()).contains(honest.hardwareAddress("eth0"));
  }

  /** Where addresses may be the same by right, and lead nobody to NMI. */
  @Test
  void bridgesWithoutPodsAreLeftAlone() {
    NetworkNamespace guest = node.namespace();
    pins.ensure();
    guest.ip(
        "link add br1 type bridge",
        "link set br1 up",
        "link add tap1 type veth peer name eth9",
        "link set tap1 master br1",
        "link set tap1 up",
        "link set eth9 up");
    String claimed = honest.hardwareAddress("eth0");
    Frames frames = new Frames("ff:ff:ff:ff:ff:ff", claimed);

    send(guest, "eth9", List.of(frames.arpRequest(victim.address(), node.gateway())));

    assertThat(guest.exec("bridge", "fdb", "show", "br", "br1", "dynamic")).contains(claimed);
    pins.count();
    assertThat(pins.dropped()).isZero();
  }

  private String neighbour() {
    return node.namespace().exec("ip", "neigh", "show", victim.address(), "dev", "cbr0");
  }

  /** The bridge would send that pod's frames here. */
  @Test
  void anotherPodsHardwareAddressCannotBeClaimed() {
    String claimed = honest.hardwareAddress("eth0");
    Frames frames = new Frames("ff:ff:ff:ff:ff:ff", claimed);
    // Of a type that is for experiments.
    List<String> claim = List.of(frames.frame("88b5", "00".repeat(46)));
    send(spoofer, claim);
    assertThat(forwarding(claimed)).contains(other.nodeDevice());
    pins.ensure();
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + victim.address());
    assertThat(forwarding(claimed)).contains(victim.nodeDevice());

    send(spoofer, claim);

    assertThat(forwarding(claimed)).contains(victim.nodeDevice());
    assertThat(ask(spoofer, IMDS)).isEqualTo("nmi saw " + other.address());
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
