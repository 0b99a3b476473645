package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds chains that have exactly our rules under another name, as {@code iptables -E} leaves them.
 * Takes the lines of {@code iptables-save} in their order: a chain's rules follow each other. Not
 * thread-safe.
 */
final class RenamedChains {
  private final OwnChain chain;
  private final List<RuleSpec> wanted;
  private final Set<String> made = new HashSet<>();
  private final List<String> found = new ArrayList<>();
  private String current = "";
  private int alike;

  RenamedChains(OwnChain chain) {
    this.chain = chain;
    this.wanted = chain.rules().stream().map(RuleSpec::parse).toList();
  }

  /** Takes the line that declares a chain; one that somebody made has no policy. */
  void declare(String line) {
    int end = line.indexOf(' ');
    if (line.startsWith("- ", end + 1)) {
      made.add(line.substring(1, end));
    }
  }

  void add(String name, String rule) {
    if (!name.equals(current)) {
      finish();
      current = name;
      // Most chains are out after a look at the text of their first rule.
      alike = rule.contains(chain.traffic().address()) ? 0 : -1;
    }
    if (alike >= 0) {
      boolean same = alike < wanted.size() && RuleSpec.parse(rule).equals(wanted.get(alike));
      alike = same ? alike + 1 : -1;
    }
  }

  List<String> names() {
    finish();
    current = "";
    alike = -1;
    return found;
  }

  private void finish() {
    if (alike == wanted.size() && made.contains(current) && !current.equals(chain.name())) {
      found.add(current);
    }
  }
}
