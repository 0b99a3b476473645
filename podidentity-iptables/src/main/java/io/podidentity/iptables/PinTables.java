package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The nft commands that hold pods' addresses to their interfaces, and what their counters say. One
 * table looks at packets as the node routes them, one at frames as they come in through a bridge's
 * port, where the former sees the bridge alone. Immutable.
 *
 * <p>What the sets hold is said by {@code typeof}: of a {@code type} nft 1.1 keeps what makes an
 * nft 1.0.6 on the node crash when it lists the rules.
 */
final class PinTables {
  /**
   * Before the redirect, and again where packets end: whatever address another program's DNAT gave
   * them, and where {@code route_localnet} lets pods speak to 127.0.0.1.
   */
  private static final String ROUTED =
      """
      add table ip %1$s { flags owner;
        set sources { typeof iifname . ip saddr; };
        set pinned { typeof ip saddr; counter; };
        chain prerouting { type filter hook prerouting priority -310; policy accept;
          ip daddr %2$s goto check; };
        chain input { type filter hook input priority -310; policy accept;
          tcp dport %3$d goto check; };
        chain check { iifname . ip saddr @sources accept; ip saddr @pinned drop; }; }\
      """;

  /**
   * On ports of the pods' bridges, and no others, where addresses may be the same by right, but for
   * what would reach NMI. The kernel takes IP out of any number of tags for VLAN 0, one of them
   * before this hook: what is still tagged cannot be looked into, and no pod sends it. Claims of
   * another pod's address, in ARP or as a frame's source, would have that pod's answers sent here.
   */
  private static final String BRIDGED =
      """
      add table bridge %1$s { flags owner;
        set sources { typeof iifname . ip saddr; };
        set pinned { typeof ip saddr; counter; };
        set ports { typeof iifname; };
        set stations { typeof iifname . ether saddr; };
        set held { typeof ether saddr; };
        chain prerouting { type filter hook prerouting priority -310; policy accept;
          iifname @ports jump port;
          meta protocol ip ip daddr %2$s goto check;
          meta protocol ip tcp dport %3$d goto check; };
        chain port {
          meta protocol { 8021q, 8021ad } drop;
          iifname . ether saddr != @stations ether saddr @held drop;
          meta protocol arp iifname . arp saddr ip != @sources arp saddr ip @pinned drop; };
        chain check { iifname . ip saddr @sources accept; ip saddr @pinned drop; }; }\
      """;

  private static final Pattern COUNTER =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.\\d+) counter packets (\\d+)");

  private final String name;
  private final String metadataAddress;
  private final int port;

  /**
   * @param name of both tables, for this process alone
   * @param port NMI's
   */
  PinTables(String name, String metadataAddress, int port) {
    this.name = name;
    this.metadataAddress = metadataAddress;
    this.port = port;
  }

  /** What makes both tables, without a pin, for people. */
  String text() {
    return ROUTED.formatted(name, metadataAddress, port)
        + ";\n"
        + BRIDGED.formatted(name, metadataAddress, port)
        + "\n";
  }

  /** Makes both tables, without a pin, in one line. */
  String creation() {
    return text().strip().replaceAll("\\s+", " ");
  }

  /** Turns one set of pins into another; empty if they are the same. */
  String update(PinnedSources before, PinnedSources after) {
    Map<String, Set<String>> old = elements(before);
    Map<String, Set<String>> wanted = elements(after);
    List<String> commands = new ArrayList<>();
    change(commands, "delete", old, wanted);
    change(commands, "add", wanted, old);
    return String.join("; ", commands);
  }

  /** Those of the first that the second has not; an element that stays keeps its counter. */
  private static void change(
      List<String> commands,
      String verb,
      Map<String, Set<String>> these,
      Map<String, Set<String>> those) {
    these.forEach(
        (set, elements) -> {
          Set<String> alone = new LinkedHashSet<>(elements);
          alone.removeAll(those.getOrDefault(set, Set.of()));
          if (!alone.isEmpty()) {
            commands.add("%s element %s { %s }".formatted(verb, set, String.join(", ", alone)));
          }
        });
  }

  private Map<String, Set<String>> elements(PinnedSources pins) {
    Map<String, Set<String>> all = new LinkedHashMap<>();
    pins.ports().forEach(port -> add(all, "bridge", "ports", "\"" + port + "\""));
    pins.places()
        .forEach(
            (address, source) -> {
              add(all, "ip", "sources", "\"%s\" . %s".formatted(source.device(), address));
              add(all, "ip", "pinned", address);
              String port = source.port();
              if (port.isEmpty()) {
                return;
              }
              add(all, "bridge", "pinned", address);
              add(all, "bridge", "sources", "\"%s\" . %s".formatted(port, address));
              String hardwareAddress = source.hardwareAddress();
              if (!hardwareAddress.isEmpty()) {
                add(all, "bridge", "stations", "\"%s\" . %s".formatted(port, hardwareAddress));
                add(all, "bridge", "held", hardwareAddress);
              }
            });
    return all;
  }

  private void add(Map<String, Set<String>> all, String family, String set, String element) {
    all.computeIfAbsent("%s %s %s".formatted(family, name, set), unusedSet -> new LinkedHashSet<>())
        .add(element);
  }

  /** What shows the counters; nft 1.0.6 finds only one of the tables if asked for both at once. */
  List<String> listings() {
    return List.of(
        "list set ip %s pinned".formatted(name), "list set bridge %s pinned".formatted(name));
  }

  /** How many packets were dropped that came with an address from elsewhere, for each address. */
  static Map<String, Long> dropped(List<String> listing) {
    Map<String, Long> dropped = new LinkedHashMap<>();
    Matcher matcher = COUNTER.matcher(String.join(" ", listing));
    while (matcher.find()) {
      dropped.merge(matcher.group(1), Long.valueOf(matcher.group(2)), Long::sum);
    }
    return dropped;
  }
}
