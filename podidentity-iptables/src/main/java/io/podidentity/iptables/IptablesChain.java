package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one chain of ours, and the jump to it, as they should be. Every change is one transaction:
 * no packet sees the rules half done. Rules are compared by what they say, not by their text. Rules
 * of others are left as they are, also those that lead to our chain; only {@link #remove()} removes
 * the latter, because without the chain they cannot be, and our chain also where somebody has given
 * it another name. Not thread-safe.
 */
final class IptablesChain {
  private static final Logger log = LoggerFactory.getLogger(IptablesChain.class);

  /** More than one is needed only if another program writes in between. */
  private static final int TRIES = 3;

  private final OwnChain chain;
  private final IptablesCommands commands;
  private final IptablesTable table;
  private final FirstPlace place;

  /**
   * @param place when it may be moved; the same one as long as the chain is looked after
   */
  IptablesChain(OwnChain chain, IptablesCommands commands, FirstPlace place) {
    this.chain = chain;
    this.commands = commands;
    this.place = place;
    this.table = new IptablesTable(chain, commands);
  }

  /** What is written where there is nothing, with the command that reads it. */
  String text() {
    return "# " + table.restoreCommand() + "\n" + Transaction.ofNothing(chain).text();
  }

  /** Tries to write it where there is nothing. */
  void check() {
    table.read();
    table.attempt(Transaction.ofNothing(chain));
  }

  boolean ensure() {
    return settle("written", this::toEnsure);
  }

  private Optional<Transaction> toEnsure(TableState found) {
    boolean mayMove = place.mayMove();
    Optional<Transaction> change = Transaction.toEnsure(chain, found, mayMove);
    place.looked(chain, found.taker(), mayMove && found.taker().isPresent());
    return change;
  }

  void remove() {
    for (String name : removeThis()) {
      var unused = new IptablesChain(chain.named(name), commands, place).removeThis();
    }
  }

  /** Gives the names under which our rules are still there. */
  private List<String> removeThis() {
    List<String> renamed = new ArrayList<>();
    settle(
        "removed",
        found -> {
          renamed.clear();
          renamed.addAll(found.renamed());
          return Transaction.toRemove(chain, found);
        });
    return renamed;
  }

  /**
   * Reads and writes until a look finds nothing to write.
   *
   * @return whether anything was written
   */
  private boolean settle(String verb, Function<TableState, Optional<Transaction>> plan) {
    boolean written = false;
    TableState found = table.read();
    for (int tries = 0; tries < TRIES; tries++) {
      Optional<Transaction> change = plan.apply(found);
      if (change.isEmpty()) {
        return written;
      }
      @Nullable PodIdentityException failure = write(change.get(), verb);
      written |= failure == null;
      TableState now = table.read();
      if (failure != null && now.equals(found)) {
        throw failure;
      }
      // Else the change was planned for rules that were no more: another program wrote first.
      found = now;
    }
    if (plan.apply(found).isEmpty()) {
      return written;
    }
    throw new PodIdentityException(
        ErrorReason.REDIRECT_FAILED,
        "the chain "
            + chain.name()
            + " or the jump to it is changed as soon as it is written: look for another program"
            + " that does so, such as a second NMI with other settings");
  }

  private @Nullable PodIdentityException write(Transaction change, String verb) {
    try {
      table.write(change);
      log.info("rules {} chain={} changes={}", verb, chain.name(), change.changes());
      return null;
    } catch (PodIdentityException e) {
      return e;
    }
  }
}
