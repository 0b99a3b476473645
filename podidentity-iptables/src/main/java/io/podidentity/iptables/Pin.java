package io.podidentity.iptables;

import io.podidentity.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An address that is held to an interface.
 *
 * @param pod whose address it is
 */
record Pin(Pod pod, PodSource source) {
  /**
   * The pins that there should be, by their addresses. One is kept while its pod is there, also
   * while its interface cannot be told; another pod's is not inherited.
   *
   * @param owners as of {@link AddressOwners}
   * @param before those that there are
   */
  static Map<String, Pin> of(
      Map<String, Optional<Pod>> owners, PodSources sources, Map<String, Pin> before) {
    Map<String, Pin> pins = new TreeMap<>();
    owners.forEach(
        (address, owner) ->
            owner.ifPresent(
                pod -> {
                  Optional<PodSource> source = sources.of(address, pod.uid());
                  Pin kept = before.get(address);
                  if (source.isPresent()) {
                    pins.put(address, new Pin(pod, source.get()));
                  } else if (kept != null && kept.pod().uid().equals(pod.uid())) {
                    pins.put(address, kept);
                  }
                }));
    return pins;
  }

  /** The same without the pods. */
  static Map<String, PodSource> sources(Map<String, Pin> pins) {
    Map<String, PodSource> sources = new TreeMap<>();
    pins.forEach((address, pin) -> sources.put(address, pin.source()));
    return sources;
  }
}
