package io.podidentity.iptables;

import java.util.Map;
import java.util.Set;

/**
 * What the kernel is to hold. Immutable.
 *
 * @param places of pods, by their addresses in dotted form
 * @param ports all ports of the bridges among the places, also those of other pods
 */
record PinnedSources(Map<String, PodSource> places, Set<String> ports) {
  static final PinnedSources NONE = new PinnedSources(Map.of(), Set.of());

  PinnedSources {
    places = Map.copyOf(places);
    ports = Set.copyOf(ports);
  }
}
