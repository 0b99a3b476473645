package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.Subscription;
import io.podidentity.harness.net.Cable;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.CommandFailedException;
import io.podidentity.harness.process.JavaProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that use each other's addresses, on the kernel's own routed veths and bridges. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CURL})
final class SourcePinsTest {

  private static final String IMDS = "http://" + ClusterNetwork.IMDS_ADDRESS + "/";
  private static final String NMI = "http://127.0.0.1:2579/";

  @TempDir private Path results;
  private final List<Pod> pods = new ArrayList<>();
  private ClusterNetwork network;
  private NodeNetwork node;
  private SourcePins pins;

  @BeforeEach
  void build() {
    network = ClusterNetwork.create(1);
    node = network.node(0);
    node.namespace()
        .inside(JavaProgram.of(NamedListenerMain.class, "nmi", "127.0.0.1", "2579"))
        .start("nmi")
        .awaitLine(Pattern.compile("^listening$"), Duration.ofSeconds(60));
    Backend.NFT.redirect(node.namespace()).ensure();
    pins = pins(false);
  }

  @AfterEach
  void remove() {
    pins.close();
    network.close();
  }

  @Test
  void routedPodIsHeardFromItsOwnInterfaceAlone() throws UnknownHostException {
    PodNetwork honest = node.addPod("honest");
    PodNetwork spoofer = node.addPod("spoofer");
    run("honest", honest.address());
    run("spoofer", spoofer.address());
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(2);

    assertThat(ask(honest.namespace(), IMDS)).isEqualTo("nmi saw " + honest.address());
    spoofer.namespace().ip("address add " + honest.address() + "/32 dev eth0");
    assertSilent(spoofer.namespace(), IMDS, honest.address());
    pins.ensure();
    long dropped = pins.dropped();
    assertThat(dropped).isPositive();

    // What route_localnet lets a pod reach without the redirect.
    spoofer.namespace().exec("sh", "-c", LOCALNET);
    assertSilent(spoofer.namespace(), NMI, honest.address());
    pins.ensure();
    assertThat(pins.dropped()).isGreaterThan(dropped);
    assertThat(ask(honest.namespace(), IMDS)).isEqualTo("nmi saw " + honest.address());
    assertThat(ask(node.namespace(), NMI)).isEqualTo("nmi saw 127.0.0.1");
  }

  private static final String LOCALNET =
      "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet;"
          + " ip route del local 127.0.0.0/8 table local; ip route del local 127.0.0.1 table local;"
          + " ip route add 127.0.0.1 via 169.254.1.1 dev eth0";

  @Test
  void podOnABridgeIsHeardFromItsOwnPortAlone() throws IOException {
    node.namespace()
        .ip(
            "link add cbr0 type bridge",
            "address add 10.244.0.129/25 dev cbr0",
            "link set cbr0 up");
    NetworkNamespace honest = bridged("honest", "10.244.0.130");
    NetworkNamespace spoofer = bridged("spoofer", "10.244.0.131");
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw 10.244.0.130");
    takeOver(honest, spoofer);
    // Without pins it works.
    assertThat(ask(spoofer, IMDS, "10.244.0.130")).isEqualTo("nmi saw 10.244.0.130");

    pins.ensure();

    assertThat(pins.pinned()).isEqualTo(2);
    assertSilent(spoofer, IMDS, "10.244.0.130");
    pins.ensure();
    assertThat(pins.dropped()).isPositive();
    assertThat(ask(spoofer, IMDS, "10.244.0.131")).isEqualTo("nmi saw 10.244.0.131");
    honest.ip("link set eth0 up", "route replace default via 10.244.0.129");
    spoofer.ip("address del 10.244.0.130/25 dev eth0");
    node.namespace().ip("neigh flush dev cbr0");
    assertThat(ask(honest, IMDS)).isEqualTo("nmi saw 10.244.0.130");
  }

  @Test
  void portThatNoResultNamesIsNotPinnedAndIsRefusedWhereThatIsEnforced() throws IOException {
    node.namespace()
        .ip(
            "link add cbr0 type bridge",
            "address add 10.244.0.129/25 dev cbr0",
            "link set cbr0 up");
    NetworkNamespace pod = bridged("pod", "10.244.0.130");
    Files.delete(results.resolve("pod"));
    pins.ensure();
    assertThat(pins.pinned()).isZero();
    assertThat(pins.unpinned()).isEqualTo(1);
    assertThat(ask(pod, IMDS)).isEqualTo("nmi saw 10.244.0.130");

    try (SourcePins enforced = pins(true)) {
      enforced.ensure();
      assertSilent(pod, IMDS, "10.244.0.130");
    }
    assertThat(ask(pod, IMDS)).isEqualTo("nmi saw 10.244.0.130");
  }

  @Test
  void pinFollowsTheAddressToTheInterfaceOfTheNextPod() throws UnknownHostException {
    PodNetwork first = node.addPod("first");
    run("first", first.address());
    pins.ensure();
    first.close();
    pods.clear();
    PodNetwork next = node.addPod("next", first.address());
    run("next", next.address());
    pins.ensure();
    assertThat(ask(next.namespace(), IMDS)).isEqualTo("nmi saw " + next.address());

    // The same with another interface.
    node.namespace().ip("link set " + next.nodeDevice() + " down");
    node.namespace().ip("link set " + next.nodeDevice() + " name other");
    node.namespace().ip("link set other up");
    node.namespace().ip("route replace " + next.address() + " dev other scope link");
    pins.ensure();
    assertThat(ask(next.namespace(), IMDS)).isEqualTo("nmi saw " + next.address());
    node.namespace().ip("link set other down", "link set other name " + next.nodeDevice());
  }

  @Test
  void strangersCannotFlushThemAndTheyEndWithTheProcessThatHoldsThem() throws UnknownHostException {
    run("pod", node.addPod("pod").address());
    pins.ensure();
    node.namespace().exec("nft", "flush", "ruleset");
    assertThat(tables()).hasSize(2);
    pins.close();
    io.podidentity.harness.Await.asserted(
        Duration.ofSeconds(10), () -> assertThat(tables()).isEmpty());
  }

  @Test
  void tablesThatCouldNotBeMadeAtFirstAreMadeAtTheNextLook(@TempDir Path folder)
      throws IOException {
    run("pod", node.addPod("pod").address());
    Path once = folder.resolve("refuses-once");
    // The first nft lives and refuses the tables, as where something is short for a moment.
    Files.writeString(
        once,
        """
        case "$*" in *stdbuf*) [ -e "$0.done" ] || { touch "$0.done"
          exec sh -c 'sed -u s/owner/nonsense/ | "$@"' sh "$@"; } ;; esac
        exec "$@"
        """);
    try (SourcePins refused =
        pins(
            false, Backend.programs(node.namespace()).withPrefix(List.of("sh", once.toString())))) {
      refused.ensure();
      assertThat(refused.pinned()).isZero();

      refused.ensure();

      assertThat(refused.pinned()).isEqualTo(1);
      assertThat(tables()).hasSize(2);
    }
  }

  @Test
  void heldPinsOf250PodsAreWrittenAtOnce() throws UnknownHostException {
    List<String> links = new ArrayList<>();
    for (int i = 1; i <= 250; i++) {
      links.add("link add p" + i + " type veth peer name q" + i);
      links.add("link set p" + i + " up");
      links.add("route add 10.244.0." + i + " dev p" + i + " scope link");
      run("p" + i, "10.244.0." + i);
    }
    node.namespace().ip(links.toArray(String[]::new));
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(250);
    pods.remove(0);
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(249);
  }

  private List<String> tables() {
    return node.namespace()
        .exec("nft", "list", "tables")
        .lines()
        .filter(line -> line.contains("podidentity-pins"))
        .toList();
  }

  private SourcePins pins(boolean enforced) {
    return pins(enforced, Backend.programs(node.namespace()));
  }

  private SourcePins pins(boolean enforced, NodePrograms programs) {
    return new SourcePins(
        new SourcePins.Pods() {
          @Override
          public List<Pod> all() {
            return List.copyOf(pods);
          }

          @Override
          public Subscription onAnyChange(Runnable wake) {
            return () -> {};
          }
        },
        programs,
        results,
        ClusterNetwork.IMDS_ADDRESS,
        2579,
        enforced);
  }

  private void run(String name, String address) throws UnknownHostException {
    pods.add(
        new Pod(
            new NamespacedName("default", name),
            "uid-of-" + name,
            "node",
            Map.of(),
            Set.of(InetAddress.getByName(address)),
            PodPhase.RUNNING,
            false,
            false));
  }

  /** A pod as the bridge plugin connects it, and the result that libcni 1.1 keeps of it. */
  private NetworkNamespace bridged(String name, String address) throws IOException {
    NetworkNamespace pod = node.addPod(name + "-spare").namespace();
    String port = "veth-" + name;
    Cable.connect(pod.device("eth1"), node.namespace().device(port));
    node.namespace().ip("link set " + port + " master cbr0");
    pod.ip("route del default", "link del eth0", "link set eth1 down", "link set eth1 name eth0");
    pod.ip(
        "link set eth0 up",
        "address add " + address + "/25 dev eth0",
        "route add default via 10.244.0.129");
    run(name, address);
    Files.writeString(
        results.resolve(name),
        """
        {"kind":"cniCacheV1","containerId":"c","ifName":"eth0","networkName":"kubenet",
        "cniArgs":[["K8S_POD_NAME","%1$s"],["K8S_POD_UID","uid-of-%1$s"]],
        "result":{"cniVersion":"0.4.0","interfaces":[{"mac":"00:00:00:00:00:01","name":"cbr0"},
        {"mac":"00:00:00:00:00:02","name":"%2$s"},{"name":"eth0","sandbox":"/run/netns/%1$s"}],
        "ips":[{"address":"%3$s/25","gateway":"10.244.0.129","interface":2}]}}
        """
            .formatted(name, port, address));
    return pod;
  }

  private void takeOver(NetworkNamespace victim, NetworkNamespace spoofer) {
    victim.ip("link set eth0 down");
    spoofer.ip("address add 10.244.0.130/25 dev eth0");
    node.namespace().ip("neigh flush dev cbr0");
  }

  private static String ask(NetworkNamespace from, String url) {
    return Curl.in(from).withTimeout(Duration.ofSeconds(20)).request(url).body();
  }

  private static String ask(NetworkNamespace from, String url, String source) {
    return Curl.in(from)
        .withTimeout(Duration.ofSeconds(20))
        .request(url, "--interface", source)
        .body();
  }

  private static void assertSilent(NetworkNamespace from, String url, String source) {
    assertThatThrownBy(
            () ->
                Curl.in(from)
                    .withTimeout(Duration.ofSeconds(2))
                    .request(url, "--interface", source))
        .isInstanceOfSatisfying(
            // 28: time over.
            CommandFailedException.class, e -> assertThat(e.result().exitCode()).isEqualTo(28));
  }
}
