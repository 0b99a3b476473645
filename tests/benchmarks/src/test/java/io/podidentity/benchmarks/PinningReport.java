package io.podidentity.benchmarks;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.iptables.IptablesCommands;
import io.podidentity.iptables.IptablesRedirect;
import io.podidentity.iptables.RedirectRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Measures what source pins cost a request, from a pod's namespace over a veth and the redirect to
 * a bare server in the node's. It fails on no figure: {@code tests/benchmarks/pinning.sh} runs it.
 */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class PinningReport {

  private static final Duration LIMIT = Duration.ofMinutes(10);

  @Test
  void measure() throws IOException {
    Path body = Files.createTempFile("token", ".json");
    try (ClusterNetwork network = ClusterNetwork.create(1)) {
      Files.writeString(body, "x".repeat(2_000));
      NodeNetwork node = network.node(0);
      NetworkNamespace namespace = node.namespace();
      PodNetwork pod = node.addPod("pod");
      addOthers(namespace);
      try (ServerProcess server =
          ServerProcess.startIn(
              namespace,
              BareServerMain.class,
              Path.of("../../bin-nmi/src/dist/conf/nmi.jvmargs"),
              List.of(body.toString()))) {
        new IptablesRedirect(
                new RedirectRules(ClusterNetwork.IMDS_ADDRESS, 80, "127.0.0.1", server.port()),
                IptablesCommands.of("iptables-nft")
                    .withPrefix(List.of("ip", "netns", "exec", namespace.name())))
            .ensure();
        String printed =
            pod.namespace()
                .inside(
                    JavaProgram.of(
                            PinningMain.class,
                            namespace.name(),
                            "10.244.0.",
                            Integer.toString(server.port()))
                        .withTimeout(LIMIT))
                .output();
        Files.writeString(Path.of("target", "pinning.txt"), printed);
      }
    } finally {
      Files.delete(body);
    }
  }

  /** The other pods' ends on the node. */
  private static void addOthers(NetworkNamespace node) {
    List<String> links = new ArrayList<>();
    for (int i = 2; i <= 250; i++) {
      links.add("link add other" + i + " type veth peer name end" + i);
      links.add("link set other" + i + " up");
      links.add("route add 10.244.0." + i + " dev other" + i + " scope link");
    }
    node.ip(links.toArray(String[]::new));
  }
}
