package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import io.podidentity.harness.net.Cable;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who answers a pod, by its real path through the kernel. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class PodPathTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  private static final PodPath PATH =
      new PodPath(ClusterNetwork.IMDS_ADDRESS, 80, "X-Pod-Identity-Error");

  @TempDir private Path folder;
  private ClusterNetwork network;
  private NetworkNamespace node;
  private PodNetwork pod;

  @BeforeEach
  void build() {
    network = ClusterNetwork.create(1);
    NodeNetwork nodeNetwork = network.node(0);
    node = nodeNetwork.namespace();
    pod = nodeNetwork.addPod("pod");
    NamedListenerMain.start(network.azure(), "imds", ClusterNetwork.IMDS_ADDRESS, 80);
  }

  @AfterEach
  void remove() {
    network.close();
  }

  @Test
  void redirectedPodIsAnsweredByNmi() {
    NamedListenerMain.start(node, "nmi", "127.0.0.1", 2579, "x-pod-identity-error: any");
    lockDown();
    Backend.NFT.redirect(node).ensure();
    assertThat(PATH.from(file(pod.namespace()))).isEqualTo(PodPath.Answer.NMI);
  }

  @Test
  void withoutRulesTheMetadataServiceAnswers() {
    assertThat(PATH.from(file(pod.namespace()))).isEqualTo(PodPath.Answer.OTHER);
  }

  @Test
  void lockdownRefuses() {
    lockDown();
    assertThat(PATH.from(file(pod.namespace()))).isEqualTo(PodPath.Answer.REFUSED);
  }

  @Test
  void packetsThatAreDroppedAreNotAnswered() {
    node.exec(
        "nft",
        "add table ip other; add chain ip other c { type filter hook prerouting priority 0; };"
            + " add rule ip other c ip daddr 169.254.169.254 drop");
    assertThat(PATH.from(file(pod.namespace()), SHORT)).isEqualTo(PodPath.Answer.SILENT);
  }

  /** A virtual function of the network card in the pod: the node's stack never sees its packets. */
  @Test
  void podWhosePacketsPassTheNodesStackByIsSeen() {
    lockDown();
    Backend.NFT.redirect(node).ensure();
    try (NetworkNamespace other = NetworkNamespace.create("sriov")) {
      Cable.connect(other.device("eth0"), network.azure().device("function"));
      other.ip("address add 10.251.0.2/24 dev eth0", "route add default via 10.251.0.1");
      network.azure().ip("address add 10.251.0.1/24 dev function");
      assertThat(PATH.from(file(other))).isEqualTo(PodPath.Answer.OTHER);
    }
  }

  @Test
  void namespaceThatIsNotThereIsAFailure() {
    assertThatThrownBy(() -> PATH.from(folder.resolve("none")))
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("nsenter");
  }

  // As libcni 1.1 writes them for containerd.
  @Test
  void podIsFoundByTheNetworkPluginsResults() throws IOException {
    Path sandbox = Files.createFile(folder.resolve("cni-1"));
    Path results = Files.createDirectory(folder.resolve("results"));
    result(results, "one", "default", "orders", sandbox);
    result(results, "former", "default", "orders", folder.resolve("cni-0"));
    result(results, "other", "shop", "orders", Files.createFile(folder.resolve("cni-2")));
    result(results, "another", "default", "orders-2", Files.createFile(folder.resolve("cni-3")));

    assertThat(PodSandbox.find(results, "default", "orders")).isEqualTo(sandbox);
    assertThatThrownBy(() -> PodSandbox.find(results, "default", "order"))
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("the network namespace of default/order is not known")
        .hasMessageContaining("/proc/PID/ns/net");
    assertThatThrownBy(() -> PodSandbox.find(folder.resolve("none"), "default", "orders"))
        .isInstanceOf(PodIdentityException.class);
  }

  /** A privileged container that has the node's processes sees its files below one of them. */
  @Test
  void podIsFoundInTheFilesOfTheNodeToo() throws IOException {
    Path here = Files.createDirectory(folder.resolve("here"));
    Path ofNode = Files.createDirectory(folder.resolve("node"));
    Path results = Files.createDirectories(ofNode.resolve("var/lib/cni"));
    Path sandbox =
        Files.createFile(Files.createDirectories(ofNode.resolve("run/netns")).resolve("cni-1"));
    result(results, "one", "default", "orders", Path.of("/var/run/netns/cni-1"));

    assertThat(PodSandbox.find(List.of(here, ofNode), Path.of("/var/lib/cni"), "default", "orders"))
        .isEqualTo(sandbox);
    // NMI's own container has the results, and not the namespaces.
    Files.delete(sandbox);
    assertThatThrownBy(
            () -> PodSandbox.find(List.of(ofNode), Path.of("/var/lib/cni"), "default", "orders"))
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("names 0 that are here")
        .hasMessageContaining("in a privileged container");
  }

  private void lockDown() {
    ForwardLayer.NFT.lockdown(node).ensure();
  }

  private static Path file(NetworkNamespace namespace) {
    return Path.of("/run/netns", namespace.name());
  }

  private static void result(Path folder, String file, String namespace, String name, Path sandbox)
      throws IOException {
    Files.writeString(
        folder.resolve(file),
        """
        {"kind":"cniCacheV1","containerId":"c","networkName":"k8s-pod-network","ifName":"eth0",\
        "cniArgs":[["IgnoreUnknown","1"],["K8S_POD_NAMESPACE","%s"],["K8S_POD_NAME","%s"]],\
        "result":{"cniVersion":"1.0.0","interfaces":[{"name":"veth1"},\
        {"name":"eth0","sandbox":"%s"}],"ips":[{"address":"10.244.0.9/32","interface":1}]}}
        """
            .formatted(namespace, name, sandbox));
  }
}
