package io.podidentity.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** What the token cache needs of a map that stays within a size, and the two ways to have it. */
interface BoundedCache<K, V> {
  /** What is there; takes no lock. */
  @Nullable V get(K key);

  /** Puts it there, and something else out if there is no room. */
  void put(K key, V value);

  /** As the token cache has it. */
  final class OfCaffeine<K, V> implements BoundedCache<K, V> {
    private final Cache<K, V> cache;

    OfCaffeine(int weight, int each) {
      cache =
          Caffeine.newBuilder()
              .executor(Runnable::run)
              .maximumWeight(weight)
              .weigher((K key, V value) -> each)
              .removalListener((key, value, cause) -> {})
              .build();
    }

    @Override
    public @Nullable V get(K key) {
      return cache.getIfPresent(key);
    }

    @Override
    public void put(K key, V value) {
      cache.put(key, value);
    }
  }

  /**
   * What would take its place: the JDK's map, and a queue of the entries in which one that was used
   * since it was looked at last gets a second turn.
   */
  final class OfTheJdk<K, V> implements BoundedCache<K, V> {
    private final ConcurrentMap<K, Entry<K, V>> map = new ConcurrentHashMap<>();
    private final Deque<Entry<K, V>> turns = new ArrayDeque<>();
    private final int weight;
    private final int each;
    private int held;

    private static final class Entry<K, V> {
      final K key;
      final V value;
      volatile boolean used;

      Entry(K key, V value) {
        this.key = key;
        this.value = value;
      }
    }

    OfTheJdk(int weight, int each) {
      this.weight = weight;
      this.each = each;
    }

    @Override
    public @Nullable V get(K key) {
      Entry<K, V> entry = map.get(key);
      if (entry == null) {
        return null;
      }
      if (!entry.used) {
        entry.used = true;
      }
      return entry.value;
    }

    @Override
    public synchronized void put(K key, V value) {
      Entry<K, V> entry = new Entry<>(key, value);
      turns.addLast(entry);
      if (map.put(key, entry) == null) {
        held += each;
      }
      while (held > weight) {
        Entry<K, V> next = turns.removeFirst();
        if (map.get(next.key) == next && next.used) {
          next.used = false;
          turns.addLast(next);
        } else if (map.remove(next.key, next)) {
          held -= each;
        }
      }
    }
  }
}
