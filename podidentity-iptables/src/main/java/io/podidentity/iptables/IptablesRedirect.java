package io.podidentity.iptables;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.PodIdentityException;
import java.time.Duration;
import java.util.function.LongSupplier;
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
 * <p>The jump is put first. If a rule of others comes before it later, it is moved only if that
 * rule could take the packets, and ever less often while that goes on.
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
 * <p>Needs root with the capability NET_ADMIN, the legacy back-end NET_RAW too, and iptables 1.6.2
 * or newer. Thread-safe; calls wait for each other. A call may take {@link
 * IptablesCommands#timeout()} for each command; an interrupt ends it.
 */
public final class IptablesRedirect implements RuleSet {
  private static final Logger log = LoggerFactory.getLogger(IptablesRedirect.class);
  private static final Duration INTERVAL = Duration.ofSeconds(60);

  private final OwnChain chain;
  private final BackendChoice choice;
  private final FirstPlace place;
  private final Duration interval;
  private final LongSupplier nanoTime;
  private final Object lock = new Object();
  private @Nullable Cleaning last;

  /**
   * Of the back-ends that are not used.
   *
   * @param used the one that is
   * @param nanos when it began
   */
  private record Cleaning(IptablesCommands used, boolean done, long nanos) {}

  /** The rules, written by the given commands. */
  public IptablesRedirect(RedirectRules rules, IptablesCommands commands) {
    this(rules, BackendChoice.fixed(commands), INTERVAL, System::nanoTime);
  }

  /** The rules, in the back-end that is chosen. */
  public IptablesRedirect(RedirectRules rules, BackendChoice choice) {
    this(rules, choice, INTERVAL, System::nanoTime);
  }

  /**
   * The same.
   *
   * @param interval the least time from one move of the jump to the first place to the next, and
   *     from one attempt to remove what is in the other back-end to the next; the default is 60 s
   * @param nanoTime as {@link System#nanoTime()}
   */
  public IptablesRedirect(
      RedirectRules rules, BackendChoice choice, Duration interval, LongSupplier nanoTime) {
    this.chain = requireNonNull(rules, "rules").chain();
    this.choice = requireNonNull(choice, "choice");
    this.place = new FirstPlace(interval, nanoTime);
    this.interval = interval;
    this.nanoTime = nanoTime;
  }

  @Override
  public String name() {
    return "redirect";
  }

  @Override
  public void check() {
    synchronized (lock) {
      new IptablesChain(chain, choice.current(), place).check();
    }
  }

  @Override
  public boolean ensure() {
    synchronized (lock) {
      IptablesCommands commands = choice.current();
      boolean changed = new IptablesChain(chain, commands, place).ensure();
      removeFromOthers(commands);
      return changed;
    }
  }

  /**
   * An earlier NMI may have used the other one, or Kubernetes turned out to use this one. Pods are
   * redirected all the same, so that a failure is not one of {@link #ensure}.
   */
  private void removeFromOthers(IptablesCommands used) {
    @Nullable Cleaning before = last != null && last.used().equals(used) ? last : null;
    long now = nanoTime.getAsLong();
    if (before != null && (before.done() || now - before.nanos() < interval.toNanos())) {
      return;
    }
    boolean done = false;
    try {
      BackendChoice.Others others = choice.others(used, chain.table());
      for (IptablesCommands other : others.commands()) {
        new IptablesChain(chain, other, place).remove();
      }
      done = others.complete();
    } catch (PodIdentityException e) {
      if (before == null) {
        log.warn(
            "what an earlier NMI left in the other back-end of iptables is not removed yet; trying"
                + " again error={}",
            e.getMessage());
      }
    }
    last = new Cleaning(used, done, now);
  }

  @Override
  public void remove() {
    synchronized (lock) {
      choice
          .withTable(chain.table())
          .forEach(commands -> new IptablesChain(chain, commands, place).remove());
    }
  }

  @Override
  public String text() {
    return new IptablesChain(chain, choice.current(), place).text();
  }
}
