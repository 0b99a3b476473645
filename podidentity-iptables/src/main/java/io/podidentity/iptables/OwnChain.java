package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.List;

/**
 * A chain of ours, and the jump to it from a chain that the kernel calls.
 *
 * @param table the table of iptables, such as {@code nat}
 * @param parent the kernel's chain, such as {@code PREROUTING}
 * @param name our chain
 * @param rules its rules in order, each without the chain
 * @param traffic the packets that must come to it
 */
record OwnChain(String table, String parent, String name, List<String> rules, Traffic traffic) {
  OwnChain {
    rules = List.copyOf(rules);
  }

  /** The same under another name. */
  OwnChain named(String other) {
    return new OwnChain(table, parent, other, rules, traffic);
  }

  /** What sends packets into it. */
  String jump() {
    return "-j " + name;
  }

  /** The rules as {@code iptables -S} prints them: the chain, the jump, and the chain's rules. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("-N " + name);
    lines.add("-A " + parent + " " + jump());
    rules.forEach(rule -> lines.add("-A " + name + " " + rule));
    return lines;
  }
}
