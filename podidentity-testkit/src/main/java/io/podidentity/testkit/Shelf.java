package io.podidentity.testkit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind by their name, and an index of them. Reads take no lock; writes are made by
 * one thread at a time, under the lock of whoever owns it.
 */
final class Shelf<N, V, K> {
  private final Map<N, V> byName = new ConcurrentHashMap<>();
  private final Map<K, List<V>> byKey = new ConcurrentHashMap<>();
  private final Function<V, ? extends Iterable<K>> keysOf;

  Shelf(Function<V, ? extends Iterable<K>> keysOf) {
    this.keysOf = keysOf;
  }

  @Nullable V get(N name) {
    return byName.get(name);
  }

  List<V> with(K key) {
    return byKey.getOrDefault(key, List.of());
  }

  List<V> all() {
    return List.copyOf(byName.values());
  }

  /** Puts it in place of what had the name; gives that back. */
  @Nullable V put(N name, V value) {
    V old = byName.put(name, value);
    if (old != null) {
      unlist(old);
    }
    for (K key : keysOf.apply(value)) {
      byKey.merge(key, List.of(value), Shelf::concat);
    }
    return old;
  }

  @Nullable V remove(N name) {
    V old = byName.remove(name);
    if (old != null) {
      unlist(old);
    }
    return old;
  }

  private void unlist(V old) {
    for (K key : keysOf.apply(old)) {
      byKey.computeIfPresent(
          key,
          (k, list) -> {
            List<V> rest = list.stream().filter(value -> value != old).toList();
            return rest.isEmpty() ? null : rest;
          });
    }
  }

  private static <V> List<V> concat(List<V> first, List<V> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
