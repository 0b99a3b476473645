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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Frames that a pod makes by itself, with another pod's address in them, packed in every way in
 * which a kernel might find it, and a rule not. What counts is what gets where NMI listens.
 */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class CraftedFramesTest {

  private static final String NODE = "127.0.0.1";
  private static final int FIRST_PORT = 40_000;

  /** IEEE 802.1Q and 802.1ad tags for VLAN 0, in priorities 0 and 7, and for VLAN 5. */
  private static final String Q = "81000000";

  private static final String Q7 = "8100e000";
  private static final String AD = "88a80000";
  private static final String Q5 = "81000005";
  private static final String IPV4 = Frames.IPV4;

  private final PinnedNode node = new PinnedNode();
  private final Map<Integer, String> forms = new LinkedHashMap<>();
  private final List<String> all = new ArrayList<>();
  private final PodNetwork honest = node.bridged("honest");
  private final PodNetwork own = node.bridged("spoofer");
  private final NetworkNamespace spoofer = own.namespace();
  private Frames frames;

  @BeforeEach
  void build() {
    frames =
        new Frames(
            node.namespace().hardwareAddress(NodeNetwork.BRIDGE), spoofer.hardwareAddress("eth0"));
    node.namespace()
        .exec(
            "nft",
            "add table ip seen { set ports { type inet_service; size 65535; flags dynamic; };"
                + " chain input { type filter hook input priority 0; policy accept;"
                + " iifname \"cbr0\" tcp dport 2579 add @ports { tcp sport }; }; }");
    for (String target : List.of(ClusterNetwork.IMDS_ADDRESS + ":80", node.gateway() + ":2579")) {
      String[] to = target.split(":", 2);
      addAll(honest.address(), to[0], Integer.parseInt(to[1]));
    }
  }

  @AfterEach
  void remove() {
    node.close();
  }

  private void addAll(String source, String target, int port) {
    add("plain", source, target, port);
    for (String tags :
        List.of(
            Q,
            Q7,
            AD,
            Q + Q,
            AD + Q,
            Q + AD,
            AD + AD,
            Q + Q + Q,
            Q + Q + Q + Q,
            Q5,
            Q5 + Q,
            Q + Q5)) {
      String syn = Frames.syn(source, next(tags), target, port);
      all.add(frames.frame(tags, IPV4, syn));
    }
    all.add(frames.frame(IPV4, Frames.synWithOptions(source, next("options"), target, port)));
    fragments("fragments", source, target, port, false);
    fragments("fragments, last first", source, target, port, true);
    String syn = Frames.syn(source, next("snap"), target, port);
    all.add(frames.frame("%04x".formatted(8 + syn.length() / 2), "aaaa03000000", IPV4, syn));
    syn = Frames.syn(source, next("pppoe"), target, port);
    all.add(frames.frame("8864", "11000001", "%04x".formatted(2 + syn.length() / 2), "0021", syn));
    for (String type : List.of("86dd", "0806", "8847", "0801")) {
      all.add(frames.frame(type, Frames.syn(source, next("as type " + type), target, port)));
    }
    add("the node's own address", NODE, target, port);
  }

  private void add(String form, String source, String target, int port) {
    all.add(frames.frame(IPV4, Frames.syn(source, next(form), target, port)));
  }

  private void fragments(String form, String source, String target, int port, boolean lastFirst) {
    List<String> parts =
        new ArrayList<>(
            Arrays.stream(Frames.synInFragments(source, next(form), target, port))
                .map(packet -> frames.frame(IPV4, packet))
                .toList());
    if (lastFirst) {
      java.util.Collections.reverse(parts);
    }
    all.addAll(parts);
  }

  /** The TCP port by which a form is recognised. */
  private int next(String form) {
    int port = FIRST_PORT + forms.size();
    forms.put(port, form);
    return port;
  }

  @Test
  void noneGetsThroughWhereThereArePins() {
    // What the kernel takes apart, and what it does not.
    assertThat(seen())
        .containsExactlyInAnyOrder(
            "plain",
            Q,
            Q7,
            AD,
            Q + Q,
            AD + Q,
            Q + AD,
            AD + AD,
            Q + Q + Q,
            Q + Q + Q + Q,
            "options",
            "fragments",
            "fragments, last first");

    node.namespace().exec("nft", "flush set ip seen ports");
    node.pins().ensure();
    assertThat(node.pins().pinned()).isEqualTo(2);

    assertThat(seen()).isEmpty();
    node.pins().count();
    assertThat(node.pins().dropped()).isPositive();
  }

  private Set<String> seen() {
    List<String> sent = new ArrayList<>(all);
    int last = FIRST_PORT - 1;
    // The pod's own, by which the end is seen.
    sent.add(frames.frame(IPV4, Frames.syn(own.address(), last, node.gateway(), 2579)));
    send(spoofer, sent);
    Await.until("the last one is there", Duration.ofSeconds(20), () -> ports().contains(last));
    Set<String> found = new TreeSet<>();
    ports().stream().filter(port -> port != last).forEach(port -> found.add(forms.get(port)));
    return found;
  }

  private List<Integer> ports() {
    String listing = node.namespace().exec("nft", "list set ip seen ports");
    return Pattern.compile("\\b4\\d{4}\\b|\\b39999\\b")
        .matcher(listing)
        .results()
        .map(MatchResult::group)
        .map(Integer::valueOf)
        .toList();
  }
}
