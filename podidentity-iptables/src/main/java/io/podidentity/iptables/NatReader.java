package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the output of {@code iptables-save -t nat} line by line and keeps what is ours: on a large
 * cluster's node the table has tens of thousands of rules.
 */
final class NatReader implements Consumer<String> {
  private static final String DECLARATION = ":" + RedirectRules.CHAIN + " ";
  private static final String APPEND = "-A ";
  private static final RuleSpec JUMP = RuleSpec.parse(RedirectRules.JUMP);

  private final List<RuleSpec> chainRules = new ArrayList<>();
  private final List<String> references = new ArrayList<>();
  private boolean begun;
  private boolean ended;
  private boolean unreadable;
  private boolean chainExists;
  private boolean preroutingBegun;
  private boolean jumpIsFirst;
  private int jumps;

  @Override
  public void accept(String line) {
    if (line.startsWith("*nat")) {
      begun = true;
    } else if (line.startsWith("COMMIT")) {
      ended = true;
    } else if (line.startsWith(DECLARATION)) {
      chainExists = true;
    } else if (line.startsWith(APPEND)) {
      rule(line.substring(APPEND.length()));
    } else if (line.startsWith("# Table") && line.contains("is incompatible")) {
      unreadable = true;
    }
  }

  /**
   * What was read.
   *
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if it is not the whole table
   */
  NatRules result() {
    if (unreadable) {
      // iptables-save reports success then, and shows nothing. To take that for an empty table
      // would add another jump at every look.
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED,
          "iptables cannot read the table nat, because another program put rules into it by nft"
              + " itself: move these into a table of their own (nft list table ip nat)");
    }
    if (begun && !ended) {
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED, "reading the table nat: the list of its rules has no end");
    }
    return new NatRules(chainExists, chainRules, jumpIsFirst, jumps, references);
  }

  private void rule(String rule) {
    boolean inPrerouting = rule.startsWith(RedirectRules.PREROUTING + " ");
    boolean inChain = rule.startsWith(RedirectRules.CHAIN + " ");
    boolean first = inPrerouting && !preroutingBegun;
    preroutingBegun |= inPrerouting;
    if (!inChain && !rule.contains(RedirectRules.CHAIN)) {
      return;
    }
    RuleSpec spec = RuleSpec.parse(rule.substring(rule.indexOf(' ') + 1));
    if (inChain) {
      chainRules.add(spec);
    }
    if (spec.leadsTo(RedirectRules.CHAIN)) {
      references.add(rule);
    }
    if (inPrerouting && spec.equals(JUMP)) {
      jumps++;
      jumpIsFirst |= first;
    }
  }
}
