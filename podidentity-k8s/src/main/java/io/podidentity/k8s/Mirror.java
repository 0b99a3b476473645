package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the objects of one kind, and keeps of each no more than a value made of it: the objects
 * themselves would be most of a node agent's memory.
 *
 * @param <T> the kind
 * @param <V> the value; two equal values mean that nothing of interest has changed
 */
final class Mirror<T extends HasMetadata, V> implements ClusterFollower {
  /** What to follow: fabric8's name for it, and how to make an object without content. */
  record Kind<T extends HasMetadata>(String name, Supplier<T> blank) {}

  /** Told after each change; never by two threads at once. */
  interface Observer<V> {
    void changed(@Nullable V before, @Nullable V after);
  }

  private static final Logger log = LoggerFactory.getLogger(Mirror.class);

  private final Kind<T> kind;
  private final Function<T, @Nullable V> mapping;
  private final Observer<V> observer;
  private final Map<String, V> values = new ConcurrentHashMap<>();
  // Held while a value is made and put: an older one must not come after a newer one.
  private final Object writing = new Object();
  private final SharedIndexInformer<T> informer;
  private final CompletableFuture<Void> synced = new CompletableFuture<>();

  /**
   * A mirror that has not begun.
   *
   * @param mapping makes the value; null if the object is not wanted
   */
  Mirror(
      Kind<T> kind, Informable<T> objects, Function<T, @Nullable V> mapping, Observer<V> observer) {
    this.kind = kind;
    this.mapping = mapping;
    this.observer = observer;
    WatchFailures failures = new WatchFailures(kind.name());
    this.informer =
        objects
            .runnableInformer(0)
            .removeNamespaceIndex()
            .itemStore(new Values())
            .exceptionHandler(
                (started, error) -> {
                  failures.report(error);
                  return true;
                });
  }

  /** The name of the kind in the API's paths. */
  String resource() {
    return kind.name().split("[.]", 2)[0];
  }

  /** The value of the object with that key: {@code namespace/name}, or the name alone. */
  @Nullable V get(String key) {
    return values.get(key);
  }

  /** All values, at about the same time. */
  Collection<V> values() {
    return values.values();
  }

  /** Makes all values anew, where what they are made with has changed. */
  void renew(UnaryOperator<V> made) {
    synchronized (writing) {
      values.forEach((key, value) -> put(key, made.apply(value)));
    }
  }

  /**
   * The resource version up to which {@link #values()} are up to date; null before the first list.
   */
  @Nullable String version() {
    return informer.lastSyncResourceVersion();
  }

  @Override
  public CompletableFuture<Void> start() {
    informer
        .start()
        .whenComplete(
            (nothing, error) -> {
              if (error == null) {
                synced.complete(null);
              } else {
                synced.completeExceptionally(error);
              }
            });
    return synced;
  }

  @Override
  public CompletableFuture<Void> synced() {
    return synced;
  }

  @Override
  public void close() {
    synced.completeExceptionally(
        new PodIdentityException(
            ErrorReason.SHUTTING_DOWN, "closed before the first list of " + kind.name()));
    informer.close();
  }

  /** An odd object must not keep the others from being followed. */
  private @Nullable V map(String key, T object) {
    try {
      return mapping.apply(object);
    } catch (RuntimeException e) {
      log.warn("object left aside, it cannot be read: kind={} name={}", kind.name(), key, e);
      return null;
    }
  }

  private void put(String key, @Nullable V after) {
    V before = values.get(key);
    if (Objects.equals(before, after)) {
      // Others may share the one that is there.
      return;
    }
    if (after == null) {
      values.remove(key);
    } else {
      values.put(key, after);
    }
    observer.changed(before, after);
  }

  /**
   * Where fabric8's informer puts the objects. It takes the answers for granted only as far as it
   * has handlers, of which there are none, and to find out after a list which objects are gone. Its
   * calls that change something come one at a time.
   */
  private final class Values implements ItemStore<T> {
    @Override
    public String getKey(T object) {
      return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable T put(String key, T object) {
      synchronized (writing) {
        Mirror.this.put(key, map(key, object));
      }
      return null;
    }

    @Override
    public @Nullable T remove(String key) {
      synchronized (writing) {
        Mirror.this.put(key, null);
      }
      return null;
    }

    @Override
    public Stream<String> keySet() {
      return values.keySet().stream();
    }

    @Override
    public Stream<T> values() {
      return values.keySet().stream().map(this::blank);
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public @Nullable T get(String key) {
      return values.containsKey(key) ? blank(key) : null;
    }

    @Override
    public boolean isFullState() {
      return false;
    }

    private T blank(String key) {
      int slash = key.indexOf('/');
      T object = kind.blank().get();
      object.setMetadata(
          new ObjectMetaBuilder()
              .withNamespace(slash < 0 ? null : key.substring(0, slash))
              .withName(key.substring(slash + 1))
              .build());
      return object;
    }
  }
}
