package io.podidentity.iptables;

import java.util.HashMap;
import java.util.Map;

/**
 * What the kernel holds to interfaces, in one session of nft. Immutable.
 *
 * @param since by addresses in dotted form, when each of them has been held to its place, in {@link
 *     System#nanoTime}
 */
record HeldAddresses(NftSession session, PinnedSources pins, Map<String, Long> since) {
  HeldAddresses {
    since = Map.copyOf(since);
  }

  /** In a session that holds none yet. */
  static HeldAddresses none(NftSession session) {
    return new HeldAddresses(session, PinnedSources.NONE, Map.of());
  }

  /** When the session holds those. */
  HeldAddresses changedTo(PinnedSources now, long nanoTime) {
    Map<String, Long> next = new HashMap<>();
    now.places()
        .forEach(
            (address, source) ->
                next.put(
                    address,
                    source.equals(pins.places().get(address))
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
