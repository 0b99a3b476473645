package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One change of the table, for {@code iptables-restore --noflush}: the kernel takes all of it or
 * nothing, and no packet sees a part of it.
 *
 * <p>It names what it removes by content, not by number. If another program removed the same rule
 * meanwhile, it fails as a whole and changes nothing.
 *
 * @param text what the command reads
 * @param changes what it does, in words
 */
record Transaction(String text, List<String> changes) {

  /** What makes the rules where there is nothing of them. */
  static Transaction ofNothing(OwnChain wanted) {
    return toEnsure(wanted, TableState.EMPTY, false).orElseThrow();
  }

  /**
   * What makes the rules as they should be; empty if they are.
   *
   * @param mayMove whether a jump may be put before a rule that could take its packets
   */
  static Optional<Transaction> toEnsure(OwnChain wanted, TableState found, boolean mayMove) {
    List<String> lines = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    List<RuleSpec> rules = wanted.rules().stream().map(RuleSpec::parse).toList();
    if (!found.chainExists() || !found.chainRules().equals(rules)) {
      // A declaration makes the chain, or empties it.
      lines.add(":" + wanted.name() + " - [0:0]");
      wanted.rules().forEach(rule -> lines.add("-A " + wanted.name() + " " + rule));
      changes.add(found.chainExists() ? "rules replaced" : "chain made");
    }
    if (found.jumps() != 1 || (mayMove && found.taker().isPresent())) {
      for (int i = 0; i < found.jumps(); i++) {
        lines.add("-D " + wanted.parent() + " " + wanted.jump());
      }
      lines.add("-I " + wanted.parent() + " 1 " + wanted.jump());
      changes.add(found.jumps() == 0 ? "jump made" : "jump moved to the first place");
    }
    return of(wanted, lines, changes);
  }

  /** What removes our chain and all that leads to it; empty if there is neither. */
  static Optional<Transaction> toRemove(OwnChain chain, TableState found) {
    List<String> lines = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    found.references().forEach(rule -> lines.add("-D " + rule));
    if (!lines.isEmpty()) {
      changes.add("jump removed");
    }
    if (found.chainExists()) {
      lines.add("-F " + chain.name());
      lines.add("-X " + chain.name());
      changes.add("chain removed");
    }
    return of(chain, lines, changes);
  }

  private static Optional<Transaction> of(
      OwnChain chain, List<String> lines, List<String> changes) {
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Transaction(
                "*" + chain.table() + "\n" + String.join("\n", lines) + "\nCOMMIT\n", changes));
  }
}
