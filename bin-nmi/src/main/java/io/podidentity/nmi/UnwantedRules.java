package io.podidentity.nmi;

import io.podidentity.iptables.RuleSet;

/**
 * Rules of an earlier NMI that this one's options switch off. They are kept away from the moment
 * that this NMI is the node's: as long as it waits for the port of another, they are that one's.
 * Thread-safe if the rules are.
 */
final class UnwantedRules implements RuleSet {
  private final RuleSet rules;
  private final Object lock = new Object();
  private Runnable wake = () -> {};
  private volatile boolean begun;

  UnwantedRules(RuleSet rules) {
    this.rules = rules;
  }

  /** Removes them as soon as they are looked after, and from then on. */
  void begin() {
    begun = true;
    Runnable listener;
    synchronized (lock) {
      listener = wake;
    }
    listener.run();
  }

  @Override
  public News listen(Runnable onChange) {
    synchronized (lock) {
      wake = onChange;
    }
    return RuleSet.super.listen(onChange);
  }

  @Override
  public String name() {
    return "no " + rules.name();
  }

  @Override
  public boolean ensure() {
    if (begun) {
      rules.remove();
    }
    return false;
  }

  @Override
  public void remove() {
    rules.remove();
  }

  /** Nothing: there is nothing to write. */
  @Override
  public String text() {
    return "";
  }
}
