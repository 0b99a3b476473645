package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of others in a table, as far as they may come before ours: those of the parent chain
 * before our jump, and those of all chains that these may lead to. If our jump is the first rule,
 * there are none and none are kept. Not thread-safe.
 */
final class ForeignRules {
  /** They change or note something, and the packet goes on to the next rule. */
  private static final Set<String> GO_ON =
      Set.of(
          "AUDIT",
          "CHECKSUM",
          "CLASSIFY",
          "CONNMARK",
          "CONNSECMARK",
          "CT",
          "DSCP",
          "IDLETIMER",
          "LED",
          "LOG",
          "MARK",
          "NFLOG",
          "NOTRACK",
          "RATEEST",
          "SECMARK",
          "SET",
          "TCPMSS",
          "TCPOPTSTRIP",
          "TEE",
          "TOS",
          "TRACE",
          "TTL",
          "ULOG");

  private final String parent;
  private final Map<String, List<String>> chains = new HashMap<>();
  private final Set<String> declared = new HashSet<>();
  private final List<String> before = new ArrayList<>();
  private boolean jumpSeen;
  private boolean jumpIsFirst;

  ForeignRules(String parent) {
    this.parent = parent;
  }

  /** There is such a chain; it may have no rules. */
  void declare(String chain) {
    declared.add(chain);
  }

  /** Takes a rule of another chain, or of the parent chain. */
  void add(String chain, String rule) {
    if (jumpIsFirst) {
      return;
    }
    if (!chain.equals(parent)) {
      chains.computeIfAbsent(chain, name -> new ArrayList<>()).add(rule);
    } else if (!jumpSeen) {
      before.add(rule);
    }
  }

  /** Our jump is the next rule of the parent chain. */
  void addJump() {
    jumpIsFirst |= !jumpSeen && before.isEmpty();
    jumpSeen = true;
    if (jumpIsFirst) {
      chains.clear();
    }
  }

  /**
   * The first rule before our jump that could decide about such a packet, so that it would not come
   * to our chain; empty also if there is no jump.
   */
  Optional<String> taker(Traffic traffic) {
    if (!jumpSeen) {
      return Optional.empty();
    }
    return before.stream()
        .filter(rule -> couldTake(RuleSpec.parse(rule), traffic, true, new HashSet<>()))
        .findFirst();
  }

  private boolean couldTake(
      RuleSpec rule, Traffic traffic, boolean inParent, Set<String> followed) {
    if (!traffic.couldMatch(rule)) {
      return false;
    }
    // What follows a goto does not come back to the rule behind it.
    if (rule.value("-g").isPresent()) {
      return true;
    }
    Optional<String> target = rule.value("-j");
    if (target.isEmpty() || GO_ON.contains(target.get())) {
      return false;
    }
    if (target.get().equals("RETURN")) {
      return inParent;
    }
    List<String> chain = chains.get(target.get());
    if (chain == null) {
      return !declared.contains(target.get());
    }
    return followed.add(target.get())
        && chain.stream()
            .anyMatch(next -> couldTake(RuleSpec.parse(next), traffic, false, followed));
  }
}
