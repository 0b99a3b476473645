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
import io.podidentity.harness.process.CommandFailedException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Where packets really go: a node, a pod behind it, NMI and the metadata service, in namespaces.
 */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.CURL})
final class RedirectedTrafficTest {

  private static final String IMDS = "http://" + ClusterNetwork.IMDS_ADDRESS + "/";

  private static ClusterNetwork network;
  private static NodeNetwork node;
  private static PodNetwork pod;
  private static PodNetwork bridged;

  @BeforeAll
  static void build() {
    network = ClusterNetwork.create(1);
    node = network.node(0);
    pod = node.addPod("pod");
    bridged = node.addBridgedPod("bridged");
    NamedListenerMain.start(network.azure(), "imds", ClusterNetwork.IMDS_ADDRESS, 80);
    NamedListenerMain.start(network.azure(), "other-port", ClusterNetwork.IMDS_ADDRESS, 8080);
    NamedListenerMain.start(node.namespace(), "nmi", "127.0.0.1", 2579);
  }

  @AfterAll
  static void remove() {
    network.close();
  }

  @AfterEach
  void removeRules() {
    for (Backend backend : Backend.values()) {
      backend.redirect(node.namespace()).remove();
    }
  }

  @ParameterizedTest
  @EnumSource
  void podIsSentToNmiWithItsOwnAddressUntilTheRulesAreRemoved(Backend backend) {
    backend.require();
    assertThat(ask(pod.namespace())).isEqualTo("imds saw " + pod.address());
    IptablesRedirect redirect = backend.redirect(node.namespace());
    redirect.ensure();
    assertThat(ask(pod.namespace())).isEqualTo("nmi saw " + pod.address());
    redirect.remove();
    assertThat(ask(pod.namespace())).isEqualTo("imds saw " + pod.address());
  }

  @ParameterizedTest
  @EnumSource
  void podOnABridgeIsSentToNmi(Backend backend) {
    backend.require();
    assertThat(ask(bridged.namespace())).isEqualTo("imds saw " + bridged.address());
    backend.redirect(node.namespace()).ensure();
    assertThat(ask(bridged.namespace())).isEqualTo("nmi saw " + bridged.address());
  }

  @ParameterizedTest
  @EnumSource
  void processOnTheNodeReachesTheMetadataServiceItself(Backend backend) {
    backend.require();
    backend.redirect(node.namespace()).ensure();
    assertThat(ask(node.namespace())).isEqualTo("imds saw " + node.address());
  }

  @ParameterizedTest
  @EnumSource
  void otherPortsOfTheMetadataServiceAreLeftAlone(Backend backend) {
    backend.require();
    backend.redirect(node.namespace()).ensure();
    assertThat(Curl.in(pod).request("http://" + ClusterNetwork.IMDS_ADDRESS + ":8080/").body())
        .isEqualTo("other-port saw " + pod.address());
  }

  @ParameterizedTest
  @EnumSource
  void podIsRefusedWhileNoNmiListens(Backend backend) {
    backend.require();
    RedirectRules nowhere = new RedirectRules(ClusterNetwork.IMDS_ADDRESS, 80, "127.0.0.1", 9);
    new IptablesRedirect(nowhere, backend.commands(node.namespace())).ensure();
    // 7: could not connect.
    assertThatThrownBy(() -> ask(pod.namespace()))
        .isInstanceOfSatisfying(
            CommandFailedException.class, e -> assertThat(e.result().exitCode()).isEqualTo(7));
  }

  private static String ask(NetworkNamespace from) {
    return Curl.in(from).withTimeout(Duration.ofSeconds(20)).request(IMDS).body();
  }
}
