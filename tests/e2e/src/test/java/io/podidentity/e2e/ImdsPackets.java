package io.podidentity.e2e;

import io.podidentity.harness.HarnessException;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the packets that come to the metadata service with the address of a pod of one node: in
 * the kernel, before anything can drop them. Closing it removes the counter.
 */
final class ImdsPackets implements AutoCloseable {

  private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

  private final NetworkNamespace azure;
  private long atReset;

  ImdsPackets(NetworkNamespace azure, TestNode node) {
    this.azure = azure;
    String table =
        """
        table ip recorder {
          counter pods { }
          set sources { type ipv4_addr; size 1024; flags dynamic; }
          chain prerouting {
            type filter hook prerouting priority -400;
            ip saddr %s ip daddr %s counter name pods add @sources { ip saddr }
          }
        }
        """
            .formatted(node.network().podRange(), ClusterNetwork.IMDS_ADDRESS);
    azure.inside(Command.of("nft", "-f", "-").withInput(table)).output();
  }

  /** Counts from here. */
  void reset() {
    azure.exec("nft", "flush", "set", "ip", "recorder", "sources");
    atReset = packets();
  }

  /** How many there were since {@link #reset}. */
  long sinceReset() {
    return packets() - atReset;
  }

  /** Whose they were since {@link #reset}, for the report of a failure. */
  String sources() {
    return azure.exec("nft", "list", "set", "ip", "recorder", "sources");
  }

  private long packets() {
    String text = azure.exec("nft", "list", "counter", "ip", "recorder", "pods");
    Matcher matcher = PACKETS.matcher(text);
    if (!matcher.find()) {
      throw new HarnessException("no counter: " + text);
    }
    return Long.parseLong(matcher.group(1));
  }

  @Override
  public void close() {
    azure.exec("nft", "delete", "table", "ip", "recorder");
  }
}
