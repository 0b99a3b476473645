package io.podidentity.iptables;

import java.util.List;

/**
 * What a table held of ours at one moment.
 *
 * @param chainExists whether our chain exists
 * @param chainRules the rules in it, in order
 * @param jumpIsFirst whether the parent chain begins with our jump
 * @param jumps how many rules of the parent chain are our jump and nothing more
 * @param references all rules that lead to our chain, our jumps too, in order; each as {@code
 *     iptables-save} wrote it, without its {@code -A}
 */
record TableState(
    boolean chainExists,
    List<RuleSpec> chainRules,
    boolean jumpIsFirst,
    int jumps,
    List<String> references) {

  /** Nothing of ours. */
  static final TableState EMPTY = new TableState(false, List.of(), false, 0, List.of());

  TableState {
    chainRules = List.copyOf(chainRules);
    references = List.copyOf(references);
  }
}
