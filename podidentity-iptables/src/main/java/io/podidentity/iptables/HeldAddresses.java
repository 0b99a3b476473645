package io.podidentity.iptables;

import java.util.HashMap;
import java.util.Map;

/**
 * What the kernel holds to interfaces, in one session of nft. Immutable.
 *
 * @param sources by addresses in dotted form
 * @param since when each of them has been held to that place, in {@link System#nanoTime}
 */
record HeldAddresses(NftSession session, Map<String, PodSource> sources, Map<String, Long> since) {
  HeldAddresses {
    sources = Map.copyOf(sources);
    since = Map.copyOf(since);
  }

  /** In a session that holds none yet. */
  static HeldAddresses none(NftSession session) {
    return new HeldAddresses(session, Map.of(), Map.of());
  }

  /** When the session holds those. */
  HeldAddresses changedTo(Map<String, PodSource> now, long nanoTime) {
    Map<String, Long> next = new HashMap<>();
    now.forEach(
        (address, source) ->
            next.put(
                address,
                source.equals(sources.get(address))
                    ? since.getOrDefault(address, nanoTime)
                    : nanoTime));
    return new HeldAddresses(session, now, next);
  }

  /** Whether the address is held, and has been for so long. */
  boolean holds(String address, long nanos, long nanoTime) {
    Long begun = since.get(address);
    return begun != null && nanoTime - begun >= nanos && session.isAlive();
  }
}
