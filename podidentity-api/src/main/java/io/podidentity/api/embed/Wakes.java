package io.podidentity.api.embed;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.Subscription;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Who waits for a change of what, by address or name. Thread-safe. */
final class Wakes {
  private final Map<Object, Set<Waiting>> byKey = new ConcurrentHashMap<>();

  /** Equal to itself only, so that one callback may wait twice. */
  private static final class Waiting {
    final Runnable wake;

    Waiting(Runnable wake) {
      this.wake = wake;
    }
  }

  Subscription add(Object key, Runnable wake) {
    Waiting waiting = new Waiting(requireNonNull(wake, "wake"));
    byKey.compute(
        key,
        (k, known) -> {
          Set<Waiting> all = known == null ? ConcurrentHashMap.newKeySet() : known;
          all.add(waiting);
          return all;
        });
    return () ->
        byKey.computeIfPresent(
            key,
            (k, all) -> {
              all.remove(waiting);
              return all.isEmpty() ? null : all;
            });
  }

  void call(Set<Object> keys) {
    for (Object key : keys) {
      byKey.getOrDefault(key, Set.of()).forEach(waiting -> waiting.wake.run());
    }
  }
}
