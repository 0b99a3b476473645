package io.podidentity.iptables;

import io.podidentity.api.PodIdentityException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** To which interfaces the kernel holds a pod's addresses, for any NMI that runs on the node. */
public final class PinnedInterfaces {
  private static final Pattern TABLE =
      Pattern.compile("^table (ip|bridge) (" + SourcePins.NAME + "\\S+)$");

  private static final Pattern SOURCE = Pattern.compile("\"([^\"]+)\" \\. (\\d+(?:\\.\\d+){3})");

  private PinnedInterfaces() {}

  /**
   * Looks; changes nothing.
   *
   * @return the interface that the node's routes lead to, and, if that is a bridge, then its port;
   *     empty if none is held
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if nft cannot say
   */
  public static List<String> of(NodePrograms programs, Collection<InetAddress> addresses) {
    List<String> dotted = addresses.stream().map(InetAddress::getHostAddress).toList();
    NodeTool nft = programs.tool("nft");
    List<String> routed = new ArrayList<>();
    List<String> bridged = new ArrayList<>();
    for (String line : nft.lines("list", "tables")) {
      Matcher table = TABLE.matcher(line.strip());
      if (table.find()) {
        String family = table.group(1);
        String set = String.join(" ", nft.lines("list", "set", family, table.group(2), "sources"));
        Matcher source = SOURCE.matcher(set);
        while (source.find()) {
          if (dotted.contains(source.group(2))) {
            (family.equals("ip") ? routed : bridged).add(source.group(1));
          }
        }
      }
    }
    routed.addAll(bridged);
    return routed.stream().distinct().toList();
  }
}
