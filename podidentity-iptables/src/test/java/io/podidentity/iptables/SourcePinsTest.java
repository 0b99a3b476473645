package io.podidentity.iptables;

import static io.podidentity.iptables.PinnedNode.IMDS;
import static io.podidentity.iptables.PinnedNode.NMI;
import static io.podidentity.iptables.PinnedNode.ask;
import static io.podidentity.iptables.PinnedNode.assertSilent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.PodPhase;
import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that use each other's addresses, on the kernel's own routed veths. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CURL})
final class SourcePinsTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  /** What {@code route_localnet} on the node lets a pod reach without the redirect. */
  private static final String LOCALNET =
      "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet;"
          + " ip route del local 127.0.0.0/8 table local; ip route del local 127.0.0.1 table local;"
          + " ip route add 127.0.0.1 via 169.254.1.1 dev eth0";

  private final PinnedNode node = new PinnedNode();
  private final SourcePins pins = node.pins();

  @AfterEach
  void remove() {
    node.close();
  }

  @Test
  void podIsHeardFromItsOwnInterfaceAlone() {
    PodNetwork honest = node.routed("honest");
    NetworkNamespace spoofer = spoofer(honest);
    assertThat(pins.pinned()).isEqualTo(2);

    assertThat(ask(honest.namespace(), IMDS)).isEqualTo("nmi saw " + honest.address());
    assertSilent(spoofer, IMDS, honest.address());
    pins.count();
    long dropped = pins.dropped();
    assertThat(dropped).isPositive();
    assertThat(node.alarms).containsExactly("honest %s %d".formatted(honest.address(), dropped));

    spoofer.exec("sh", "-c", LOCALNET);
    assertSilent(spoofer, NMI, honest.address());
    pins.count();
    assertThat(pins.dropped()).isGreaterThan(dropped);
    assertThat(ask(honest.namespace(), IMDS)).isEqualTo("nmi saw " + honest.address());
    assertThat(ask(node.namespace(), NMI)).isEqualTo("nmi saw 127.0.0.1");
  }

  /** Such as that of a Service, whose packets look neither like IMDS' nor like NMI's at first. */
  @Test
  void addressIsCheckedBehindAStrangersTranslationToo() {
    PodNetwork honest = node.routed("honest");
    NetworkNamespace spoofer = spoofer(honest);
    String service = "http://10.96.0.7/";
    node.namespace()
        .exec(
            "iptables",
            "-t",
            "nat",
            "-A",
            "PREROUTING",
            "-d",
            "10.96.0.7",
            "-p",
            "tcp",
            "--dport",
            "80",
            "-j",
            "DNAT",
            "--to-destination",
            "127.0.0.1:" + PinnedNode.PORT);
    assertThat(ask(honest.namespace(), service)).isEqualTo("nmi saw " + honest.address());

    assertSilent(spoofer, service, honest.address());
  }

  private NetworkNamespace spoofer(PodNetwork honest) {
    NetworkNamespace spoofer = node.routed("spoofer").namespace();
    pins.ensure();
    spoofer.ip("address add " + honest.address() + "/32 dev eth0");
    return spoofer;
  }

  @Test
  void pinFollowsTheAddressToTheInterfaceOfTheNextPod() {
    PodNetwork first = node.routed("first");
    pins.ensure();
    first.close();
    node.forget("first");
    PodNetwork next = node.routed("next", first.address());
    pins.ensure();
    assertThat(ask(next.namespace(), IMDS)).isEqualTo("nmi saw " + next.address());
  }

  @Test
  void newsOfALinkAloneMoveThePin() throws Exception {
    PodNetwork pod = node.routed("pod");
    pins.ensure();
    NetworkNamespace host = node.namespace();
    try (var news = pins.listen(pins::ensure)) {
      Await.until("it listens", SOON, news::isComplete);
      host.ip("link set " + pod.nodeDevice() + " down");
      host.ip("link set " + pod.nodeDevice() + " name other");
      host.ip("link set other up", "route replace " + pod.address() + " dev other scope link");

      Await.until("the pin is renewed", SOON, () -> heldTo(pod.address()).equals(List.of("other")));
      assertThat(ask(pod.namespace(), IMDS)).isEqualTo("nmi saw " + pod.address());
    }
    host.ip("link set other down", "link set other name " + pod.nodeDevice());
  }

  private List<String> heldTo(String address) {
    try {
      return PinnedInterfaces.of(node.programs(), List.of(InetAddress.getByName(address)));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void interfacesAreToldToWhoeverAsks() {
    PodNetwork routed = node.routed("routed");
    PodNetwork bridged = node.bridged("bridged");
    assertThat(heldTo(routed.address())).isEmpty();

    pins.ensure();

    assertThat(heldTo(routed.address())).containsExactly(routed.nodeDevice());
    assertThat(heldTo(bridged.address())).containsExactly("cbr0", bridged.nodeDevice());
    assertThat(heldTo("10.9.9.9")).isEmpty();
  }

  @Test
  void pinIsKeptWhileThePodIsThereAndNotInherited() {
    PodNetwork pod = node.routed("pod");
    pins.ensure();
    node.namespace().ip("route del " + pod.address());
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(1);

    node.forget("pod");
    node.run("next", pod.address());
    pins.ensure();
    assertThat(pins.pinned()).isZero();
    assertThat(pins.unpinned()).isEqualTo(1);
  }

  /** NMI refuses both. */
  @Test
  void addressThatTwoPodsClaimIsNobodysUntilOneOfThemGoes() {
    PodNetwork pod = node.routed("new");
    node.put(PinnedNode.pod("other", pod.address(), PodPhase.RUNNING, false));
    node.put(PinnedNode.pod("old", pod.address(), PodPhase.RUNNING, true));
    node.put(PinnedNode.pod("ended", pod.address(), PodPhase.SUCCEEDED, false));
    pins.ensure();
    assertThat(pins.pinned()).isZero();

    node.forget("other");
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(1);
  }

  @Test
  void addressCountsAsPinnedWhenItHasBeenForASecondAndNftIsThere() throws UnknownHostException {
    PodNetwork pod = node.routed("pod");
    InetAddress address = InetAddress.getByName(pod.address());
    pins.ensure();
    assertThat(pins.isPinned(address)).isFalse();
    Await.until("it has settled", SOON, () -> pins.isPinned(address));
    assertThat(pins.isPinned(InetAddress.getByName("10.9.9.9"))).isFalse();

    killNft();
    assertThat(pins.isPinned(address)).isFalse();
    assertThat(pins.pinned()).isZero();
    assertThat(pins.unpinned()).isEqualTo(1);

    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(1);
    assertThat(pins.isPinned(address)).isFalse();
    Await.until("it has settled again", SOON, () -> pins.isPinned(address));
  }

  private void killNft() {
    ProcessHandle nft =
        ProcessHandle.current()
            .descendants()
            .filter(process -> process.info().commandLine().orElse("").endsWith("nft -i"))
            .findAny()
            .orElseThrow();
    nft.destroyForcibly();
    Await.until("it is noticed", SOON, () -> pins.pinned() == 0);
  }

  @Test
  void strangersCannotFlushThemAndTheyEndWithTheProcessThatHoldsThem() {
    node.routed("pod");
    pins.ensure();
    node.namespace().exec("nft", "flush", "ruleset");
    assertThat(node.tables()).hasSize(2);
    pins.close();
    Await.asserted(SOON, () -> assertThat(node.tables()).isEmpty());
  }

  @Test
  void tablesThatCouldNotBeMadeAtFirstAreMadeAtTheNextLook(@TempDir Path folder)
      throws IOException {
    node.routed("pod");
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
        node.newPins(node.programs().withPrefix(List.of("sh", once.toString())))) {
      assertThatThrownBy(refused::ensure).isInstanceOf(PodIdentityException.class);
      assertThat(refused.pinned()).isZero();
      assertThat(refused.unpinned()).isEqualTo(1);

      refused.ensure();

      assertThat(refused.pinned()).isEqualTo(1);
      assertThat(node.tables()).hasSize(2);
    }
  }

  /** A pin that is taken for written is one that is trusted. */
  @Test
  void pinsThatTheKernelRefusesAreNotTakenForWritten() {
    node.routed("pod");
    List<String> without = List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin");
    try (SourcePins refused = node.newPins(node.programs().withPrefix(without))) {
      assertThatThrownBy(refused::ensure)
          .isInstanceOf(PodIdentityException.class)
          .hasMessageContaining("Operation not permitted");
      assertThat(refused.pinned()).isZero();
      assertThat(refused.unpinned()).isEqualTo(1);
    }
  }

  /** Closing does not wait for what it would have to end. */
  @Test
  void nftThatDoesNotAnswerIsNotWaitedForAtTheEnd(@TempDir Path folder) throws Exception {
    Path deaf = folder.resolve("deaf");
    Files.writeString(
        deaf,
        """
        case "$*" in *stdbuf*) touch "$0.begun"; exec sleep 300 ;; esac
        exec "$@"
        """);
    SourcePins hanging = node.newPins(node.programs().withPrefix(List.of("sh", deaf.toString())));
    Thread look =
        new Thread(() -> assertThatThrownBy(hanging::ensure).hasMessageContaining("nft"), "look");
    long begun = System.nanoTime();
    look.start();
    Await.until("it hangs", SOON, () -> Files.exists(folder.resolve("deaf.begun")));

    hanging.close();

    look.join();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
  }

  @Test
  void pinsOf250PodsAreWrittenAtOnceAndOneOfThemIsOneChange() {
    List<String> links = new ArrayList<>();
    for (int i = 1; i <= 250; i++) {
      links.add("link add p" + i + " type veth peer name q" + i);
      links.add("link set p" + i + " up");
      links.add("route add 10.244.0." + i + " dev p" + i + " scope link");
      node.run("p" + i, "10.244.0." + i);
    }
    node.namespace().ip(links.toArray(String[]::new));
    pins.ensure();
    assertThat(pins.pinned()).isEqualTo(250);
    ManagedProcess monitor = node.namespace().start("monitor", "stdbuf", "-oL", "nft", "monitor");
    Await.until("it listens", SOON, () -> isTold(monitor, "hello"));

    node.forget("p1");
    pins.ensure();
    pins.ensure();

    assertThat(pins.pinned()).isEqualTo(249);
    Await.until("all is told", SOON, () -> isTold(monitor, "goodbye"));
    List<String> told = monitor.tail().lines().toList();
    List<String> ours =
        told.subList(
            told.lastIndexOf("delete table ip hello") + 2, told.indexOf("add table ip goodbye"));
    // Those of 10.244.0.1 in the two sets that have it, and the end of one transaction.
    assertThat(ours).filteredOn(line -> line.startsWith("delete element")).hasSize(2);
    assertThat(ours).filteredOn(line -> line.contains("new generation")).hasSize(1);
  }

  private boolean isTold(ManagedProcess monitor, String table) {
    node.namespace().exec("nft", "add table ip " + table);
    node.namespace().exec("nft", "delete table ip " + table);
    return monitor.tail().contains("add table ip " + table);
  }
}
