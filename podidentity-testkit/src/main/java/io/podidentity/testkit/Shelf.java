package io.podidentity.testkit;

import io.podidentity.api.spi.Subscription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind by their name, an index of them, and who wants to hear of changes. Looking up
 * takes no lock; an object that replaces another does so in one step for each key of the index.
 */
final class Shelf<N, V, K> {
  private final Object lock;
  private final Map<N, V> byName = new ConcurrentHashMap<>();
  private final Map<K, List<V>> byKey = new ConcurrentHashMap<>();
  private final Listeners<K> listeners = new Listeners<>();
  private final Function<V, ? extends Set<K>> keysOf;
  private final Runnable onAnyChange;

  /**
   * An empty shelf.
   *
   * @param lock held while something changes
   * @param onAnyChange called after each change, by the thread that made it
   */
  Shelf(Object lock, Function<V, ? extends Set<K>> keysOf, Runnable onAnyChange) {
    this.lock = lock;
    this.keysOf = keysOf;
    this.onAnyChange = onAnyChange;
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

  Subscription onChange(K key, Runnable listener) {
    return listeners.add(key, listener);
  }

  int subscriptions() {
    return listeners.count();
  }

  void put(N name, V value) {
    change(name, old -> value);
  }

  void remove(N name) {
    change(name, old -> null);
  }

  /**
   * Changes what has the name, under the lock, and then tells who wants to know.
   *
   * @param edit gives what shall have the name from what has it; null for nothing. If it throws,
   *     nothing changes
   * @return what has the name now
   */
  @Nullable V change(N name, Function<@Nullable V, @Nullable V> edit) {
    V old;
    V now;
    Set<K> touched;
    synchronized (lock) {
      old = byName.get(name);
      now = edit.apply(old);
      if (now == null) {
        byName.remove(name);
      } else {
        byName.put(name, now);
      }
      touched = index(old, now);
    }
    if (!Objects.equals(old, now)) {
      touched.forEach(listeners::call);
      onAnyChange.run();
    }
    return now;
  }

  private Set<K> index(@Nullable V old, @Nullable V now) {
    Set<K> newKeys = now == null ? Set.of() : keysOf.apply(now);
    Set<K> touched = new HashSet<>(newKeys);
    touched.addAll(old == null ? Set.of() : keysOf.apply(old));
    for (K key : touched) {
      V added = newKeys.contains(key) ? now : null;
      byKey.compute(key, (k, list) -> edit(list, old, added));
    }
    return touched;
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
