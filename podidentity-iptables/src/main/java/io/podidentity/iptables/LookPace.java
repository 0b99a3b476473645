package io.podidentity.iptables;

import java.time.Duration;

/**
 * How soon a change of the rules may be looked at: at once, as long as looks take a small part of
 * the time. When changes go on without end, as in a war with another program, there is a rest after
 * each look, so that looks take no more than a fifth of the time; but no longer one than 250 ms.
 * Not thread-safe.
 */
final class LookPace {
  /** A look costs four times its length, so that it makes a fifth of the time. */
  private static final int PRICE = 4;

  /** What is saved up: about as much as 20 repairs take on a machine that is not busy. */
  private static final long CREDIT = Duration.ofSeconds(2).toNanos();

  private static final Duration LONGEST_REST = Duration.ofMillis(250);

  private long lastEnded;
  private long lastTook;

  /** The length of looks that no time without a look has made up for; up to twice the credit. */
  private long debt;

  /** Notes a look; times are as {@link System#nanoTime()}. */
  void looked(long begun, long ended) {
    lastTook = ended - begun;
    debt = Math.min(debtAt(begun) + lastTook, 2 * CREDIT);
    lastEnded = ended;
  }

  /** How long the last look took. */
  Duration lastTook() {
    return Duration.ofNanos(lastTook);
  }

  /** How long to wait with the next look. */
  Duration rest(long now) {
    long excess = debtAt(now) - CREDIT;
    long longest = lastEnded + LONGEST_REST.toNanos() - now;
    return Duration.ofNanos(Math.max(0, Math.min(PRICE * excess, longest)));
  }

  private long debtAt(long now) {
    return debt == 0 ? 0 : Math.max(0, debt - (now - lastEnded) / PRICE);
  }
}
