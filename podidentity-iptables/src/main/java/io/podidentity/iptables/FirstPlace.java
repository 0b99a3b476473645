package io.podidentity.iptables;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When our jump may be moved back to the first place. Others want that place too (Calico puts its
 * own jump there whenever it is not), and would go on for ever: so once in a while, and ever less
 * often while it is taken again and again. Not thread-safe.
 */
final class FirstPlace {
  private static final Logger log = LoggerFactory.getLogger(FirstPlace.class);

  private static final int LONGEST = 32;

  /** After so many pauses without a move the next one is the first again. */
  private static final int CALM = 4;

  private final Duration interval;
  private final LongSupplier nanoTime;
  private boolean moved;
  private long lastMove;
  private long pause;
  private Optional<String> told = Optional.empty();

  /**
   * @param interval from one move to the next, at least
   */
  FirstPlace(Duration interval, LongSupplier nanoTime) {
    this.interval = interval;
    this.nanoTime = nanoTime;
  }

  boolean mayMove() {
    return !moved || nanoTime.getAsLong() - lastMove >= pause;
  }

  /** Notes what a look found before our jump, and what was done about it. */
  void looked(OwnChain chain, Optional<String> taker, boolean isMoved) {
    if (isMoved) {
      long now = nanoTime.getAsLong();
      boolean again = moved && now - lastMove < CALM * pause;
      pause = again ? Math.min(2 * pause, LONGEST * interval.toNanos()) : interval.toNanos();
      moved = true;
      lastMove = now;
    } else if (taker.isPresent() && !taker.equals(told)) {
      log.warn(
          "a rule of another program stands before ours and may take its packets; ours will be moved"
              + " before it, but seldom, lest both move for ever: chain={} rule=\"{}\"",
          chain.name(),
          taker.get());
    }
    told = isMoved ? Optional.empty() : taker;
  }
}
