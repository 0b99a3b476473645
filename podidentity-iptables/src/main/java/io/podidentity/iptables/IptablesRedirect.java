package io.podidentity.iptables;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.MetadataRedirect;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The redirect of AAD Pod Identity v1: the chain {@link RedirectRules#CHAIN} in the table {@code
 * nat}, and a jump to it from the first place of PREROUTING. Packets of the node itself do not pass
 * PREROUTING, so the node and host-network pods reach the metadata service as before.
 *
 * <p>Unlike v1, which empties the chain and fills it again, every change is one transaction: no
 * packet sees the rules half done. Rules are compared by what they say, not by their text. Rules of
 * others are left as they are, also those that lead to our chain; only {@link #remove()} removes
 * the latter, because without the chain they cannot be.
 *
 * <p>A redirect to 127.0.0.1 works only where {@code net.ipv4.conf.*.route_localnet} is on, which
 * kube-proxy sees to. It is not set here.
 *
 * <p><strong>The xtables lock.</strong> The legacy back-end lets one program write at a time, by
 * flock(2) on {@code /run/xtables.lock}; the nft back-end ignores it. {@code iptables-restore}
 * takes it itself and is told to wait for it ({@code -w}), up to {@link
 * IptablesCommands#lockWait()}: we never hold it, because around the call that would lock the call
 * out, and before it would prove nothing. If the wait was in vain, it is tried once, so that the
 * error can tell whether it is still held.
 *
 * <p>Needs root with the capabilities NET_ADMIN and NET_RAW, and iptables 1.6.2 or newer.
 * Thread-safe; calls wait for each other. A call may take {@link IptablesCommands#timeout()} for
 * each command; an interrupt ends it.
 */
public final class IptablesRedirect implements MetadataRedirect {
  private static final Logger log = LoggerFactory.getLogger(IptablesRedirect.class);

  /** More than one is needed only if another program writes in between. */
  private static final int TRIES = 3;

  private final RedirectRules rules;
  private final NatTable table;
  private final Object lock = new Object();

  /** The rules, written by the node's {@code iptables}. */
  public IptablesRedirect(RedirectRules rules) {
    this(rules, IptablesCommands.of("iptables"));
  }

  /** The rules, written by the given commands. */
  public IptablesRedirect(RedirectRules rules, IptablesCommands commands) {
    this.rules = requireNonNull(rules, "rules");
    this.table = new NatTable(commands);
  }

  @Override
  public boolean ensure() {
    return settle("written", found -> Transaction.toEnsure(rules, found));
  }

  @Override
  public void remove() {
    settle("removed", Transaction::toRemove);
  }

  /**
   * Reads and writes until a look finds nothing to write.
   *
   * @return whether anything was written
   */
  private boolean settle(String verb, Function<NatRules, Optional<Transaction>> plan) {
    synchronized (lock) {
      boolean written = false;
      NatRules found = table.read();
      for (int tries = 0; tries < TRIES; tries++) {
        Optional<Transaction> change = plan.apply(found);
        if (change.isEmpty()) {
          return written;
        }
        @Nullable PodIdentityException failure = write(change.get(), verb);
        written |= failure == null;
        NatRules now = table.read();
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
              + RedirectRules.CHAIN
              + " or the jump to it is changed as soon as it is written: look for another program"
              + " that does so, such as a second NMI with other settings");
    }
  }

  private @Nullable PodIdentityException write(Transaction change, String verb) {
    try {
      table.write(change);
      log.info("metadata redirect {} changes={}", verb, change.changes());
      return null;
    } catch (PodIdentityException e) {
      return e;
    }
  }
}
