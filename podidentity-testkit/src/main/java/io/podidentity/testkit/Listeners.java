package io.podidentity.testkit;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.Subscription;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who wants to hear about changes of what. Thread-safe. */
final class Listeners<K> {
  private final Map<K, List<Runnable>> byKey = new ConcurrentHashMap<>();

  Subscription add(K key, Runnable listener) {
    requireNonNull(listener, "listener");
    // One of its own for each subscription, so that the same listener may subscribe twice.
    Runnable entry = listener::run;
    byKey.compute(
        key,
        (k, known) -> {
          List<Runnable> list = known == null ? new CopyOnWriteArrayList<>() : known;
          list.add(entry);
          return list;
        });
    return () -> remove(key, entry);
  }

  void call(K key) {
    byKey.getOrDefault(key, List.of()).forEach(Runnable::run);
  }

  private void remove(K key, Runnable entry) {
    byKey.computeIfPresent(
        key,
        (k, list) -> {
          list.remove(entry);
          return list.isEmpty() ? null : list;
        });
  }
}
