package io.podidentity.iptables;

import static io.podidentity.iptables.PinnedNode.IMDS;
import static io.podidentity.iptables.PinnedNode.ask;
import static io.podidentity.iptables.PinnedNode.assertSilent;
import static io.podidentity.iptables.PinnedNode.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods that use each other's addresses on one of the kernel's bridges. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CURL})
final class BridgePinsTest {

  /** Of the pods' range, and of no pod. */
  private static final String UNUSED = "10.244.0.250";

  private static final String NOBODYS = "02:00:00:00:00:01";

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
    silence();
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
    speakAgain();
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
    String claim = frames.arpRequest(victim.address(), node.gateway());
    silence();
    send(spoofer, List.of(claim));
    await(() -> neighbour(victim.address()).contains(own));
    speakAgain();
    node.namespace().ip("neigh flush dev cbr0");
    pins.ensure();
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + victim.address());
    silence();

    String tagged = frames.frame("8100", "0000", claim.substring(24));
    String twice = frames.frame("8100", "0000", "8100", "0000", claim.substring(24));
    send(spoofer, List.of(claim, tagged, twice, frames.arpRequest(UNUSED, node.gateway())));

    await(() -> neighbour(UNUSED).contains(own));
    assertThat(neighbour(victim.address())).contains(honest.hardwareAddress("eth0"));
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

    await(() -> guest.exec("bridge", "fdb", "show", "br", "br1", "dynamic").contains(claimed));
    pins.count();
    assertThat(pins.dropped()).isZero();
  }

  /** The bridge would send that pod's frames here. */
  @Test
  void anotherPodsHardwareAddressCannotBeClaimed() {
    String claimed = honest.hardwareAddress("eth0");
    String claim = fromStation(claimed);
    silence();
    send(spoofer, List.of(claim));
    await(() -> forwarding(claimed).contains(other.nodeDevice()));
    speakAgain();
    pins.ensure();
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw " + victim.address());
    assertThat(forwarding(claimed)).contains(victim.nodeDevice());
    silence();

    send(spoofer, List.of(claim, fromStation(NOBODYS)));

    await(() -> forwarding(NOBODYS).contains(other.nodeDevice()));
    assertThat(forwarding(claimed)).doesNotContain(other.nodeDevice());
    assertThat(ask(spoofer, IMDS)).isEqualTo("nmi saw " + other.address());
  }

  private static String fromStation(String hardwareAddress) {
    // Of a type that is for experiments.
    return new Frames("ff:ff:ff:ff:ff:ff", hardwareAddress).frame("88b5", "00".repeat(46));
  }

  /** So that no frame of its own puts right what another pod's claim changed. */
  private void silence() {
    honest.ip("link set eth0 down");
  }

  private void speakAgain() {
    honest.ip("link set eth0 up", "route replace default via " + node.gateway());
  }

  /** The kernel may take up a frame after the sender has ended, if the machine is busy. */
  private static void await(BooleanSupplier condition) {
    Await.until("the last frame is there", Duration.ofSeconds(20), condition);
  }

  private String neighbour(String address) {
    return node.namespace().exec("ip", "neigh", "show", address, "dev", "cbr0");
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
