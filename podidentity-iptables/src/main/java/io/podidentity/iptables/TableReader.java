package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the output of {@code iptables-save -t TABLE} line by line and keeps what is ours: on a
 * large cluster's node the table has tens of thousands of rules.
 */
final class TableReader implements Consumer<String> {
  private static final String APPEND = "-A ";

  private final OwnChain chain;
  private final RuleSpec jump;
  private final ForeignRules foreign;
  private final RenamedChains renamed;
  private final List<RuleSpec> chainRules = new ArrayList<>();
  private final List<String> references = new ArrayList<>();
  private boolean begun;
  private boolean ended;
  private boolean unreadable;
  private boolean chainExists;
  private int jumps;

  TableReader(OwnChain chain) {
    this.chain = chain;
    this.foreign = new ForeignRules(chain.parent());
    this.renamed = new RenamedChains(chain);
    this.jump = RuleSpec.parse(chain.jump());
  }

  @Override
  public void accept(String line) {
    if (line.startsWith("*" + chain.table())) {
      begun = true;
    } else if (line.startsWith("COMMIT")) {
      ended = true;
    } else if (line.startsWith(":" + chain.name() + " ")) {
      chainExists = true;
    } else if (line.startsWith(":") && line.indexOf(' ') > 0) {
      foreign.declare(line.substring(1, line.indexOf(' ')));
      renamed.declare(line);
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
  TableState result() {
    if (unreadable) {
      // iptables-save reports success then, and shows nothing. To take that for an empty table
      // would add another jump at every look.
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED,
          ("iptables cannot read the table %1$s, because another program put rules into it by nft"
                  + " itself: move these into a table of their own (nft list table ip %1$s)")
              .formatted(chain.table()));
    }
    if (begun && !ended) {
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED,
          "reading the table " + chain.table() + ": the list of its rules has no end");
    }
    return new TableState(
        chainExists,
        chainRules,
        jumps,
        references,
        foreign.taker(chain.traffic()),
        renamed.names());
  }

  private void rule(String rule) {
    int end = rule.indexOf(' ');
    String name = rule.substring(0, end);
    String said = rule.substring(end + 1);
    renamed.add(name, said);
    if (name.equals(chain.name())) {
      chainRules.add(RuleSpec.parse(said));
    } else if (said.contains(chain.name())) {
      mention(rule, name, RuleSpec.parse(said), said);
    } else {
      foreign.add(name, said);
    }
  }

  /** A rule of another chain in which our chain's name stands. */
  private void mention(String rule, String name, RuleSpec spec, String said) {
    if (spec.leadsTo(chain.name())) {
      references.add(rule);
    }
    if (name.equals(chain.parent()) && spec.equals(jump)) {
      jumps++;
      foreign.addJump();
    } else {
      foreign.add(name, said);
    }
  }
}
