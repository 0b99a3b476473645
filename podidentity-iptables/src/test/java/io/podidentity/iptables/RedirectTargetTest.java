package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A redirect to a link-local address, on a node where route_localnet is off. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CURL})
final class RedirectTargetTest {

  private static final String TARGET = "169.254.25.79";

  @TempDir private Path folder;

  @Test
  void podIsServedWithoutRouteLocalnet() {
    try (ClusterNetwork network = ClusterNetwork.create(1)) {
      NodeNetwork node = network.node(0);
      PodNetwork pod = node.addPod("pod");
      node.namespace().sysctl("net/ipv4/conf/all/route_localnet=0");
      NodePrograms programs = Backend.programs(node.namespace());
      new LoopbackAddress(TARGET, programs).ensure();
      Lockdown.of("169.254.169.254", programs, BackendChoice.auto(programs)).ensure();
      new IptablesRedirect(
              new RedirectRules("169.254.169.254", 80, TARGET, 2579), BackendChoice.auto(programs))
          .ensure();
      try (ManagedProcess nmi =
          node.namespace()
              .start(
                  "nmi",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx32m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  NamedListenerMain.class.getName(),
                  "nmi",
                  TARGET,
                  "2579")) {
        nmi.awaitLine(Pattern.compile("^listening$"), Duration.ofSeconds(60));
        assertThat(Curl.in(pod).request("http://169.254.169.254/").body())
            .isEqualTo("nmi saw " + pod.address());
      }
    }
  }

  @Test
  void addressIsWrittenRepairedChangedAndRemoved() {
    try (NetworkNamespace node = NetworkNamespace.create("target")) {
      node.ip("address add 169.254.25.1/32 dev lo");
      String before = addresses(node);
      NodePrograms programs = Backend.programs(node);
      LoopbackAddress address = new LoopbackAddress(TARGET, programs);
      assertThat(address.text())
          .isEqualTo(
              """
              # ip -4 -batch -
              address add 169.254.25.79/32 dev lo scope host label lo:podidentity
              """);
      assertThat(address.ensure()).isTrue();
      assertThat(address.ensure()).isFalse();
      node.ip("address del 169.254.25.79/32 dev lo");
      assertThat(address.ensure()).isTrue();

      assertThat(new LoopbackAddress("169.254.25.80", programs).ensure()).isTrue();
      assertThat(addresses(node)).contains("169.254.25.80").doesNotContain(TARGET);

      new LoopbackAddress(null, programs).remove();
      new LoopbackAddress(null, programs).remove();
      assertThat(addresses(node)).isEqualTo(before);
    }
  }

  @Test
  void interfacesWhereItIsOffAreTold() throws IOException {
    for (String name : new String[] {"all", "default", "lo", "eth0", "veth1"}) {
      Files.createDirectory(folder.resolve(name));
      Files.writeString(folder.resolve(name).resolve("route_localnet"), "0\n");
    }
    RouteLocalnet setting = new RouteLocalnet(folder);
    assertThat(setting.interfacesWithout()).containsExactly("eth0", "veth1");
    Files.writeString(folder.resolve("veth1/route_localnet"), "1\n");
    assertThat(setting.interfacesWithout()).containsExactly("eth0");
    Files.writeString(folder.resolve("all/route_localnet"), "1\n");
    assertThat(setting.interfacesWithout()).isEmpty();
    assertThat(new RouteLocalnet(folder.resolve("none")).interfacesWithout()).isEmpty();
    assertThat(setting.ensure()).isFalse();
  }

  private static String addresses(NetworkNamespace node) {
    return node.exec("ip", "-4", "-o", "address");
  }
}
