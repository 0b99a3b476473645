package io.podidentity.testkit;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.Subscription;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who wants to hear about changes of what. Thread-safe. */
final class Listeners<K> {
  private final Map<K, List<Entry>> byKey = new ConcurrentHashMap<>();

  Subscription add(K key, Runnable listener) {
    Entry entry = new Entry(requireNonNull(listener, "listener"));
    byKey.compute(
        key,
        (k, known) -> {
          List<Entry> list = known == null ? new CopyOnWriteArrayList<>() : known;
          list.add(entry);
          return list;
        });
    return () -> remove(key, entry);
  }

  void call(K key) {
    byKey.getOrDefault(key, List.of()).forEach(entry -> entry.listener.run());
  }

  int count() {
    return byKey.values().stream().mapToInt(List::size).sum();
  }

  private void remove(K key, Entry entry) {
    byKey.computeIfPresent(
        key,
        (k, list) -> {
          list.remove(entry);
          return list.isEmpty() ? null : list;
        });
  }

  /** Equal to itself only, so that one listener may subscribe twice. */
  private static final class Entry {
    final Runnable listener;

    Entry(Runnable listener) {
      this.listener = listener;
    }
  }
}
