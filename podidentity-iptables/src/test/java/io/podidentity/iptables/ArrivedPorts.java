package io.podidentity.iptables;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The TCP ports from which IPv4 packets came to an interface: also those in frames with up to five
 * VLAN tags that the kernel there does not take off. By the kernel's ingress hook, where one tag is
 * off already.
 */
final class ArrivedPorts {
  /** Both ports at once, for a mark has 32 bits; a header without options and one with a word. */
  private static final String TABLE =
      """
      table netdev arrived {
        set ports { type mark; size 65535; flags dynamic; }
        chain ingress {
          type filter hook ingress device "%s" priority 0; policy accept;
          meta protocol ip @nh,0,8 0x45 meta mark set @nh,160,32 goto note
          meta protocol ip @nh,0,8 0x46 meta mark set @nh,192,32 goto note
          meta protocol { 8021q, 8021ad } goto tagged
        }
        chain tagged {
          @nh,16,16 0x0800 meta mark set @nh,192,32 goto note
          @nh,48,16 0x0800 meta mark set @nh,224,32 goto note
          @nh,80,16 0x0800 meta mark set @nh,256,32 goto note
          @nh,112,16 0x0800 meta mark set @nh,288,32 goto note
        }
        chain note { add @ports { meta mark }; }
      }
      """;

  private final NetworkNamespace where;

  ArrivedPorts(NetworkNamespace where, String device) {
    this.where = where;
    where.inside(Command.of("nft", "-f", "-").withInput(TABLE.formatted(device))).output();
  }

  List<Integer> ports() {
    String listing = where.exec("nft", "list", "set", "netdev", "arrived", "ports");
    return Pattern.compile("0x([\\da-f]{8})")
        .matcher(listing)
        .results()
        // A mark has the byte order of the machine, which is little-endian where this runs.
        .map(mark -> Integer.reverseBytes(Integer.parseUnsignedInt(mark.group(1), 16)) >>> 16)
        .distinct()
        .toList();
  }

  void flush() {
    where.exec("nft", "flush", "set", "netdev", "arrived", "ports");
  }
}
