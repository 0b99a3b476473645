package io.podidentity.iptables;

import io.podidentity.api.spi.NodeRules;
import java.util.List;

/**
 * News that some rule of the node was changed, by whomever: by nft and iptables on it from {@code
 * xtables-monitor}, of policy routing from {@code ip monitor}. The legacy back-end of iptables
 * sends none. Thread-safe.
 */
public final class RuleChanges {
  private final NodePrograms programs;
  private final BackendChoice backend;

  /** Changes on the node of these programs, whose iptables is used in that back-end. */
  public RuleChanges(NodePrograms programs, BackendChoice backend) {
    this.programs = programs;
    this.backend = backend;
  }

  /**
   * Begins to listen.
   *
   * @param onChange called on threads of its own, also when there may have been a change
   */
  public NodeRules.News listen(Runnable onChange) {
    // Without stdbuf it would keep its lines until it has many. One such line ends each
    // transaction, of whatever family. -6: it ends over the first rule that it cannot read, such as
    // our own pins; so it is told to read as few as it can.
    Monitor netfilter =
        new Monitor(
            programs.command("stdbuf", "-oL", "xtables-monitor", "-6", "-e"),
            line -> line.contains("NEWGEN"),
            onChange);
    Monitor routing =
        new Monitor(
            programs.command("ip", "-4", "monitor", "rule", "address"), line -> true, onChange);
    return new NodeRules.News() {
      @Override
      public boolean isComplete() {
        return netfilter.isListening() && routing.isListening() && !backend.isLegacy();
      }

      @Override
      public void close() {
        List.of(netfilter, routing).forEach(Monitor::close);
      }
    };
  }
}
