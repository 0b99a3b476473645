package io.podidentity.bin.http;

import java.util.HashMap;
import java.util.Map;

/**
 * How much may be under way at once, in all and for each who asks. Thread-safe.
 *
 * @param <K> who asks
 */
public final class Places<K> {
  private final int all;
  // Guarded by this, like the number.
  private final Map<K, Integer> taken = new HashMap<>();
  private int number;

  /**
   * All are free.
   *
   * @param all how many there are
   */
  public Places(int all) {
    this.all = all;
  }

  /**
   * Takes one, to be given back.
   *
   * @param most how many this one may have
   * @return false if there is none
   */
  public synchronized boolean tryTake(K who, int most) {
    int own = taken.getOrDefault(who, 0);
    if (number >= all || own >= most) {
      return false;
    }
    taken.put(who, own + 1);
    number++;
    return true;
  }

  /** Gives back one that was taken. */
  public synchronized void giveBack(K who) {
    taken.computeIfPresent(who, (same, own) -> own == 1 ? null : own - 1);
    number--;
  }
}
