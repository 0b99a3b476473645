package io.podidentity.iptables;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.IpAddresses;
import java.net.InetAddress;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the lockdown for bridges with the node's own link as a port: what a pod sends to the
 * metadata service is not routed there, so that no other part sees it. Frames with IPv4 to that
 * address are dropped where a bridge passes them from one port to another. What the node itself
 * sends, and what is sent to the node or redirected to it, does not come there.
 *
 * <p>The kernel takes off one VLAN tag before; more of them are looked through, up to four in all,
 * and frames with more are dropped: other hosts may take off any number. Only nftables can do that,
 * and it is not done where that or its family {@code bridge} does not work. Thread-safe.
 */
final class BridgedDrop implements RuleSet {
  private static final Logger log = LoggerFactory.getLogger(BridgedDrop.class);

  /** Behind br_netfilter (0), so that iptables rejects, which tells the pod, where it may look. */
  private static final String BODY =
      """
      \tchain forward {
      \t\ttype filter hook forward priority 10; policy accept;
      \t\tmeta protocol ip ip daddr %1$s drop
      \t\tmeta protocol { 8021q, 8021ad } goto tagged
      \t}
      \tchain tagged {
      \t\t@nh,16,16 0x0800 @nh,160,32 0x%2$s drop
      \t\t@nh,48,16 0x0800 @nh,192,32 0x%2$s drop
      \t\t@nh,80,16 0x0800 @nh,224,32 0x%2$s drop
      \t\t@nh,16,16 { 0x8100, 0x88a8 } @nh,48,16 { 0x8100, 0x88a8 } @nh,80,16 { 0x8100, 0x88a8 } \
      drop
      \t}
      """;

  private final NftTable table;
  private final Object lock = new Object();
  private boolean told;

  BridgedDrop(String metadataAddress, NodePrograms programs) {
    this.table =
        new NftTable(
            "bridge",
            ForwardReject.NAME,
            BODY.formatted(metadataAddress, hexadecimal(metadataAddress)),
            programs);
  }

  private static String hexadecimal(String address) {
    InetAddress read = IpAddresses.parse(address);
    if (read == null) {
      throw new IllegalArgumentException("not an address: " + address);
    }
    return HexFormat.of().formatHex(read.getAddress());
  }

  @Override
  public String name() {
    return "lockdown of bridges";
  }

  @Override
  public String text() {
    synchronized (lock) {
      return table.works() ? table.text() : "";
    }
  }

  @Override
  public void check() {
    synchronized (lock) {
      if (!table.familyIsMissing()) {
        table.check();
      }
    }
  }

  @Override
  public boolean ensure() {
    synchronized (lock) {
      try {
        return table.ensure();
      } catch (PodIdentityException e) {
        // In doubt it is a failure, which is tried again and told.
        if (table.isWritten() || !table.familyIsMissing()) {
          throw e;
        }
        if (!told) {
          log.warn(
              "nft does not work for bridges: if a pod is on one bridge with the node's own link,"
                  + " it is not kept from the metadata service");
          told = true;
        }
        return false;
      }
    }
  }

  @Override
  public void remove() {
    synchronized (lock) {
      if (table.works()) {
        table.remove();
      }
    }
  }
}
