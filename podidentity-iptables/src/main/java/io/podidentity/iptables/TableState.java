package io.podidentity.iptables;

import java.util.List;
import java.util.Optional;

/**
 * What a table held of ours at one moment.
 *
 * @param chainExists whether our chain exists
 * @param chainRules the rules in it, in order
 * @param jumps how many rules of the parent chain are our jump and nothing more
 * @param references all rules that lead to our chain, our jumps too, in order; each as {@code
 *     iptables-save} wrote it, without its {@code -A}
 * @param taker the first rule before our jump that could keep our packets from it
 * @param renamed chains of other names that have our rules and no others
 */
record TableState(
    boolean chainExists,
    List<RuleSpec> chainRules,
    int jumps,
    List<String> references,
    Optional<String> taker,
    List<String> renamed) {

  /** Nothing of ours. */
  static final TableState EMPTY =
      new TableState(false, List.of(), 0, List.of(), Optional.empty(), List.of());

  TableState {
    chainRules = List.copyOf(chainRules);
    references = List.copyOf(references);
    renamed = List.copyOf(renamed);
  }
}
