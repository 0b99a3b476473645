package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The nft commands that hold pods' addresses to their interfaces, and what their counters say. One
 * table looks at packets as the node routes them, one at frames as they come in through a bridge's
 * port, where the former sees the bridge alone. Both come before the redirect. Immutable.
 */
final class PinTables {
  private static final String TABLE =
      """
      add table %1$s %2$s { flags owner;\
       set sources { type ifname . ipv4_addr; };\
       set pinned { type ipv4_addr; counter; };\
       chain prerouting { type filter hook prerouting priority -310; policy accept; %3$s };\
       chain check { iifname . ip saddr @sources accept; ip saddr @pinned drop; %4$s}; }""";

  private static final Pattern COUNTER =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.\\d+) counter packets (\\d+)");

  private final String name;
  private final String metadataAddress;
  private final int port;
  private final boolean enforced;

  /**
   * @param name of both tables, for this process alone
   * @param port NMI's
   * @param enforced whether what has no pin is dropped, too
   */
  PinTables(String name, String metadataAddress, int port, boolean enforced) {
    this.name = name;
    this.metadataAddress = metadataAddress;
    this.port = port;
    this.enforced = enforced;
  }

  /** Makes both tables, without a pin. */
  String creation() {
    // With route_localnet on, a pod can speak to any address of the node, 127.0.0.1 included.
    String routed =
        "ip daddr %s goto check; fib daddr type local tcp dport %d goto check;"
            .formatted(metadataAddress, port);
    // "ether type" would not see IP in a frame that is tagged for VLAN 0, which the node takes.
    String bridged =
        "meta protocol ip ip daddr %s goto check; meta protocol ip tcp dport %d goto check;"
            .formatted(metadataAddress, port);
    String rest = enforced ? "iifname != \"lo\" drop; " : "";
    return TABLE.formatted("ip", name, routed, rest)
        + "; "
        // A frame from the bridge's other side is looked at by the other table.
        + TABLE.formatted("bridge", name, bridged, "");
  }

  /** Turns one set of pins into another. */
  String update(Map<String, PodSource> before, Map<String, PodSource> after) {
    List<String> commands = new ArrayList<>();
    before.forEach(
        (address, source) -> {
          if (!source.equals(after.get(address))) {
            change(commands, "delete", address, source, !after.containsKey(address));
          }
        });
    after.forEach(
        (address, source) -> {
          if (!source.equals(before.get(address))) {
            change(commands, "add", address, source, !before.containsKey(address));
          }
        });
    return String.join("; ", commands);
  }

  private void change(
      List<String> commands, String verb, String address, PodSource source, boolean pinned) {
    List.of(
            Map.entry("ip", source.device()),
            // In the bridge's table a routed pod's address comes through no port.
            Map.entry("bridge", source.port()))
        .forEach(
            place -> {
              if (!place.getValue().isEmpty()) {
                commands.add(
                    "%s element %s %s sources { \"%s\" . %s }"
                        .formatted(verb, place.getKey(), name, place.getValue(), address));
              }
              if (pinned) {
                commands.add(
                    "%s element %s %s pinned { %s }"
                        .formatted(verb, place.getKey(), name, address));
              }
            });
  }

  /** What shows the counters; nft 1.0.6 finds only one of the tables if asked for both at once. */
  List<String> listings() {
    return List.of(
        "list set ip %s pinned".formatted(name), "list set bridge %s pinned".formatted(name));
  }

  /** How many packets were dropped that came with an address from elsewhere, for each address. */
  static Map<String, Long> dropped(List<String> listing) {
    Map<String, Long> dropped = new LinkedHashMap<>();
    Matcher matcher = COUNTER.matcher(listing.stream().collect(Collectors.joining(" ")));
    while (matcher.find()) {
      dropped.merge(matcher.group(1), Long.valueOf(matcher.group(2)), Long::sum);
    }
    return dropped;
  }
}
