package io.podidentity.iptables;

import io.podidentity.harness.net.NetworkNamespace;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The TCP ports from which packets came in, as the kernel's input hook sees them. */
final class SeenPorts {
  private final NetworkNamespace where;

  /**
   * @param match which packets count, as nft says it
   */
  SeenPorts(NetworkNamespace where, String match) {
    this.where = where;
    where.exec(
        "nft",
        "add table ip seen { set ports { type inet_service; size 65535; flags dynamic; };"
            + " chain input { type filter hook input priority 0; policy accept; "
            + match
            + " add @ports { tcp sport }; }; }");
  }

  List<Integer> ports() {
    String listing = where.exec("nft", "list set ip seen ports");
    String elements = listing.substring(Math.max(0, listing.indexOf("elements")));
    return Pattern.compile("\\b\\d{5}\\b")
        .matcher(elements)
        .results()
        .map(MatchResult::group)
        .map(Integer::valueOf)
        .toList();
  }

  void flush() {
    where.exec("nft", "flush set ip seen ports");
  }
}
