package io.podidentity.iptables;

import static io.podidentity.iptables.RedirectRules.CHAIN;
import static io.podidentity.iptables.RedirectRules.JUMP;
import static io.podidentity.iptables.RedirectRules.PREROUTING;

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

  /** What makes the rules as they should be; empty if they are. */
  static Optional<Transaction> toEnsure(RedirectRules wanted, NatRules found) {
    List<String> lines = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    List<RuleSpec> rules = wanted.chainRules().stream().map(RuleSpec::parse).toList();
    if (!found.chainExists() || !found.chainRules().equals(rules)) {
      // A declaration makes the chain, or empties it.
      lines.add(":" + CHAIN + " - [0:0]");
      wanted.chainRules().forEach(rule -> lines.add("-A " + CHAIN + " " + rule));
      changes.add(found.chainExists() ? "rules replaced" : "chain made");
    }
    if (!found.jumpIsFirst() || found.jumps() != 1) {
      for (int i = 0; i < found.jumps(); i++) {
        lines.add("-D " + PREROUTING + " " + JUMP);
      }
      lines.add("-I " + PREROUTING + " 1 " + JUMP);
      changes.add(found.jumps() == 0 ? "jump made" : "jump moved to the first place");
    }
    return of(lines, changes);
  }

  /** What removes our chain and all that leads to it; empty if there is neither. */
  static Optional<Transaction> toRemove(NatRules found) {
    List<String> lines = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    found.references().forEach(rule -> lines.add("-D " + rule));
    if (!lines.isEmpty()) {
      changes.add("jump removed");
    }
    if (found.chainExists()) {
      lines.add("-F " + CHAIN);
      lines.add("-X " + CHAIN);
      changes.add("chain removed");
    }
    return of(lines, changes);
  }

  private static Optional<Transaction> of(List<String> lines, List<String> changes) {
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(new Transaction("*nat\n" + String.join("\n", lines) + "\nCOMMIT\n", changes));
  }
}
