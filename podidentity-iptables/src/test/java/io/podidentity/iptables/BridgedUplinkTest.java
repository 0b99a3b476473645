package io.podidentity.iptables;

import static io.podidentity.iptables.PinnedNode.ask;
import static io.podidentity.iptables.PinnedNode.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.ImdsPackets;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.CommandFailedException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A pod on one bridge with the node's own link: what it sends to the metadata service is bridged,
 * and never routed by the node.
 */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CURL})
final class BridgedUplinkTest {
  private static final String IMDS = PinnedNode.IMDS;
  private static final int LAST = 39_999;

  private final ClusterNetwork network = ClusterNetwork.create(1);
  private final NodeNetwork node = network.node(0);
  private final PodNetwork pod = node.addPodBesideTheUplink("beside");
  private final RuleSet lockdown = ForwardLayer.NFT.lockdown(node.namespace());

  @BeforeEach
  void build() {
    NamedListenerMain.start(network.azure(), "imds", ClusterNetwork.IMDS_ADDRESS, 80);
  }

  @AfterEach
  void remove() {
    network.close();
  }

  @Test
  void bridgedPodIsKeptFromTheMetadataServiceAndTheNodeIsNot() {
    bridgedFramesPassIptables(false);
    assertThat(ask(pod.namespace(), IMDS)).isEqualTo("imds saw " + pod.address());

    lockdown.ensure();

    assertKeptAway();
    assertThat(ask(node.namespace(), IMDS)).isEqualTo("imds saw " + node.address());
    assertThat(ask(pod.namespace(), "http://" + listenElsewhere() + "/"))
        .isEqualTo("other saw " + pod.address());
    lockdown.remove();
    assertThat(ask(pod.namespace(), IMDS)).isEqualTo("imds saw " + pod.address());
  }

  @Test
  void bridgedPodIsRedirectedWhereIptablesSeesIt() {
    bridgedFramesPassIptables(true);
    NamedListenerMain.start(node.namespace(), "nmi", "127.0.0.1", 2579);
    Backend.NFT.redirect(node.namespace()).ensure();
    assertThat(ask(pod.namespace(), IMDS)).isEqualTo("nmi saw " + pod.address());

    lockdown.ensure();

    assertThat(ask(pod.namespace(), IMDS)).isEqualTo("nmi saw " + pod.address());
    Backend.NFT.iptables(node.namespace(), "-F");
    assertKeptAway();
  }

  @Test
  void noFrameOfAnyFormReachesTheMetadataService() {
    bridgedFramesPassIptables(false);
    NetworkNamespace from = pod.namespace();
    Frames frames =
        new Frames(network.azure().hardwareAddress("eth0"), from.hardwareAddress("eth0"));
    CraftedForms forms = new CraftedForms(frames);
    forms.addAll(pod.address(), ClusterNetwork.IMDS_ADDRESS, 80);
    ArrivedPorts seen = new ArrivedPorts(network.azure(), "eth0");
    // To another address, by which the end is seen.
    String end =
        frames.frame(
            Frames.IPV4, Frames.syn(pod.address(), LAST, ClusterNetwork.AZURE_ADDRESS, 81));

    assertThat(arrived(forms, seen, end))
        .containsExactlyInAnyOrderElementsOf(CraftedForms.TO_BE_FOUND);
    lockdown.ensure();
    assertThat(arrived(forms, seen, end)).isEmpty();
  }

  private Set<String> arrived(CraftedForms forms, ArrivedPorts seen, String end) {
    seen.flush();
    send(pod.namespace(), forms.followedBy(end));
    Await.until("the last one is there", Duration.ofSeconds(20), () -> seen.ports().contains(LAST));
    return forms.names(seen.ports());
  }

  private String listenElsewhere() {
    NamedListenerMain.start(network.azure(), "other", ClusterNetwork.AZURE_ADDRESS, 80);
    return ClusterNetwork.AZURE_ADDRESS;
  }

  private void bridgedFramesPassIptables(boolean on) {
    node.namespace().sysctl("net/bridge/bridge-nf-call-iptables=" + (on ? 1 : 0));
  }

  private void assertKeptAway() {
    try (ImdsPackets packets = new ImdsPackets(network, pod.address())) {
      assertThatThrownBy(() -> Curl.in(pod).withTimeout(Duration.ofSeconds(2)).request(IMDS))
          .isInstanceOf(CommandFailedException.class);
      assertThat(packets.sinceReset()).isZero();
    }
  }
}
