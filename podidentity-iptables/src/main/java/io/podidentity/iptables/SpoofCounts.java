package io.podidentity.iptables;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the counters of dropped packets say beyond what they said before. Not thread-safe. */
final class SpoofCounts {
  private Map<String, Long> before = new HashMap<>();

  /**
   * How many packets came since the last time, by the addresses that have any.
   *
   * @param now what the counters say; one that says less than before began anew
   */
  Map<String, Long> more(Map<String, Long> now) {
    Map<String, Long> more = new TreeMap<>();
    now.forEach(
        (address, packets) -> {
          long known = before.getOrDefault(address, 0L);
          long since = packets < known ? packets : packets - known;
          if (since > 0) {
            more.put(address, since);
          }
        });
    before = new HashMap<>(now);
    return more;
  }

  /** All counters begin anew. */
  void reset() {
    before.clear();
  }
}
