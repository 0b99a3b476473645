package io.podidentity.harness.net;

import io.podidentity.harness.HarnessException;
import io.podidentity.harness.process.Command;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the packets that come to the metadata service with the address of a pod: in the kernel,
 * before anything can drop them. Closing it removes the counter. Needs {@code nft}.
 */
public final class ImdsPackets implements AutoCloseable {

  private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

  private final NetworkNamespace azure;
  private long atReset;

  /** Counts from here, for all pods of a node; one at a time. */
  public ImdsPackets(ClusterNetwork network, NodeNetwork node) {
    this(network, node.podRange());
  }

  /**
   * The same for an address or a range of them; one at a time.
   *
   * @param sources such as {@code 10.250.0.151} or {@code 10.244.0.0/24}
   */
  public ImdsPackets(ClusterNetwork network, String sources) {
    this.azure = network.azure();
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
            .formatted(sources, ClusterNetwork.IMDS_ADDRESS);
    azure.inside(Command.of("nft", "-f", "-").withInput(table)).output();
  }

  /** Counts from here. */
  public void reset() {
    azure.exec("nft", "flush", "set", "ip", "recorder", "sources");
    atReset = packets();
  }

  /** How many there were since {@link #reset}. */
  public long sinceReset() {
    return packets() - atReset;
  }

  /** Whose they were since {@link #reset}, for the report of a failure. */
  public String sources() {
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
