package io.podidentity.iptables;

import static io.podidentity.iptables.PinnedNode.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Frames that a pod makes by itself, with another pod's address in them; see {@link CraftedForms}.
 * What counts is what gets where NMI listens.
 */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class CraftedFramesTest {
  private static final int LAST = 39_999;

  private final PinnedNode node = new PinnedNode();
  private final PodNetwork honest = node.bridged("honest");
  private final PodNetwork own = node.bridged("spoofer");
  private final NetworkNamespace spoofer = own.namespace();
  private Frames frames;
  private CraftedForms forms;
  private SeenPorts ports;

  @BeforeEach
  void build() {
    frames =
        new Frames(
            node.namespace().hardwareAddress(NodeNetwork.BRIDGE), spoofer.hardwareAddress("eth0"));
    forms = new CraftedForms(frames);
    ports = new SeenPorts(node.namespace(), "iifname \"cbr0\" tcp dport 2579");
    forms.addAll(honest.address(), ClusterNetwork.IMDS_ADDRESS, 80);
    forms.addAll(honest.address(), node.gateway(), 2579);
  }

  @AfterEach
  void remove() {
    node.close();
  }

  @Test
  void noneGetsThroughWhereThereArePins() {
    // What the kernel takes apart, and what it does not.
    assertThat(seen()).containsExactlyInAnyOrderElementsOf(CraftedForms.UNPACKED);

    ports.flush();
    node.pins().ensure();
    assertThat(node.pins().pinned()).isEqualTo(2);

    assertThat(seen()).isEmpty();
    node.pins().count();
    assertThat(node.pins().dropped()).isPositive();
  }

  private Set<String> seen() {
    // The pod's own, by which the end is seen.
    String last = frames.frame(Frames.IPV4, Frames.syn(own.address(), LAST, node.gateway(), 2579));
    send(spoofer, forms.followedBy(last));
    Await.until(
        "the last one is there", Duration.ofSeconds(20), () -> ports.ports().contains(LAST));
    return forms.names(ports.ports());
  }
}
