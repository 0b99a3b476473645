package io.podidentity.iptables;

import java.util.List;

/**
 * What the table {@code nat} held of ours at one moment.
 *
 * @param chainExists whether our chain exists
 * @param chainRules the rules in it, in order
 * @param jumpIsFirst whether PREROUTING begins with our jump
 * @param jumps how many rules of PREROUTING are our jump and nothing more
 * @param references all rules that lead to our chain, our jumps too, in order; each as {@code
 *     iptables-save} wrote it, without its {@code -A}
 */
record NatRules(
    boolean chainExists,
    List<RuleSpec> chainRules,
    boolean jumpIsFirst,
    int jumps,
    List<String> references) {

  NatRules {
    chainRules = List.copyOf(chainRules);
    references = List.copyOf(references);
  }
}
