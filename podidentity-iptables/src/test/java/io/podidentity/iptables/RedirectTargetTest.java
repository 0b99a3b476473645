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
      try (ManagedProcess nmi = NamedListenerMain.start(node.namespace(), "nmi", TARGET, 2579)) {
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
    for (String name : new String[] {"all", "default", "lo", "eth0", "veth1", "veth2"}) {
      Path conf = Files.createDirectories(folder.resolve("conf").resolve(name));
      Files.writeString(conf.resolve("route_localnet"), "0\n");
    }
    // Of a node in Azure; the default route's interface has no pod of the node behind it.
    Path routes =
        Files.writeString(
            folder.resolve("route"),
            """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask
            eth0\t00000000\t01F4E00A\t0003\t0\t0\t100\t00000000
            veth1\t0900F40A\t00000000\t0005\t0\t0\t0\tFFFFFFFF
            """);
    RouteLocalnet setting = new RouteLocalnet(folder.resolve("conf"), routes, folder);
    assertThat(setting.interfacesWithout()).containsExactly("veth1", "veth2");
    assertThat(setting.ensure()).isFalse();
    assertThat(setting.off()).isEqualTo(2);
    // As the bridge of Azure's network plugin, which has the default route too.
    Files.createDirectories(folder.resolve("eth0/bridge"));
    assertThat(setting.interfacesWithout()).containsExactly("eth0", "veth1", "veth2");
    Files.delete(folder.resolve("eth0/bridge"));
    Files.writeString(folder.resolve("conf/veth1/route_localnet"), "1\n");
    assertThat(setting.interfacesWithout()).containsExactly("veth2");
    Files.writeString(folder.resolve("conf/all/route_localnet"), "1\n");
    assertThat(setting.interfacesWithout()).isEmpty();
    setting.ensure();
    assertThat(setting.off()).isZero();
    assertThat(new RouteLocalnet(folder.resolve("none"), routes, folder).interfacesWithout())
        .isEmpty();
  }

  private static String addresses(NetworkNamespace node) {
    return node.exec("ip", "-4", "-o", "address");
  }
}
