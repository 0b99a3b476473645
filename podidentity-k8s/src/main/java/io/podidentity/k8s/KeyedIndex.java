package io.podidentity.k8s;

import io.podidentity.api.spi.Subscription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds values by what they carry, and tells who waits for it. Looking up takes no lock; a value
 * that replaces another does so in one step for each key. Values are changed by one thread at a
 * time.
 */
final class KeyedIndex<K, V> {
  private final Function<V, Set<K>> keysOf;
  private final Map<K, List<V>> values = new ConcurrentHashMap<>();
  private final Map<K, Callbacks> waiting = new ConcurrentHashMap<>();

  KeyedIndex(Function<V, Set<K>> keysOf) {
    this.keysOf = keysOf;
  }

  /** Immutable; empty if there are none. */
  List<V> get(K key) {
    return values.getOrDefault(key, List.of());
  }

  /** Puts one value in the place of another; null for none. */
  void replace(@Nullable V before, @Nullable V after) {
    Set<K> oldKeys = before == null ? Set.of() : keysOf.apply(before);
    Set<K> newKeys = after == null ? Set.of() : keysOf.apply(after);
    Set<K> touched = new HashSet<>(oldKeys);
    touched.addAll(newKeys);
    for (K key : touched) {
      V added = newKeys.contains(key) ? after : null;
      values.compute(key, (k, list) -> edit(list, before, added));
    }
    for (K key : touched) {
      Callbacks callbacks = waiting.get(key);
      if (callbacks != null) {
        callbacks.call();
      }
    }
  }

  /** Calls back after each change of a value that has, or had, the key. */
  Subscription onChange(K key, Runnable wake) {
    Callbacks.Entry entry = new Callbacks.Entry(wake);
    waiting.compute(
        key,
        (k, known) -> {
          Callbacks callbacks = known == null ? new Callbacks() : known;
          callbacks.add(entry);
          return callbacks;
        });
    return () ->
        waiting.computeIfPresent(
            key,
            (k, callbacks) -> {
              callbacks.remove(entry);
              return callbacks.isEmpty() ? null : callbacks;
            });
  }

  private static <V> @Nullable List<V> edit(
      @Nullable List<V> list, @Nullable V removed, @Nullable V added) {
    List<V> edited = new ArrayList<>(list == null ? List.of() : list);
    if (removed != null) {
      edited.remove(removed);
    }
    if (added != null) {
      edited.add(added);
    }
    return edited.isEmpty() ? null : List.copyOf(edited);
  }
}
