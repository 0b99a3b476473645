package io.podidentity.iptables;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How the programs of a node are called: those of iptables, {@code ip} and {@code nft}. Immutable.
 */
public final class NodePrograms {
  /** Those of the node that this process runs on, with the limits of {@link IptablesCommands}. */
  public static final NodePrograms HERE = new NodePrograms(List.of(), Limits.DEFAULT);

  private final List<String> prefix;
  private final Limits limits;

  private NodePrograms(List<String> prefix, Limits limits) {
    this.prefix = List.copyOf(prefix);
    this.limits = limits;
  }

  /** The same behind other words, such as {@code ip netns exec NAME} or {@code nsenter -t 1 -n}. */
  public NodePrograms withPrefix(List<String> words) {
    return new NodePrograms(joined(words, prefix), limits);
  }

  /** The same with another lock file for iptables' legacy back-end, and other limits. */
  public NodePrograms withLimits(Path lock, Duration lockWait, Duration timeout) {
    return new NodePrograms(prefix, new Limits(lock, lockWait, timeout));
  }

  /**
   * The commands of iptables.
   *
   * @param family {@code iptables}, {@code iptables-nft} or {@code iptables-legacy}
   */
  public IptablesCommands iptables(String family) {
    return IptablesCommands.of(family)
        .withLock(limits.lock())
        .withLimits(limits.lockWait(), limits.timeout())
        .withPrefix(prefix);
  }

  /** One program by its name. */
  NodeTool tool(String name) {
    return new NodeTool(command(name), limits);
  }

  /** The words that call a program. */
  List<String> command(String... words) {
    return joined(prefix, List.of(words));
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
