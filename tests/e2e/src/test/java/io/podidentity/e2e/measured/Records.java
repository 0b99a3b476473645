package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The states of the records, as a watch tells them. Thread-safe. */
final class Records implements AutoCloseable {
  private final KubernetesClient client;
  private final Object lock = new Object();
  // Guarded by lock.
  private final Set<String> present = new HashSet<>();
  private final Map<String, Long> written = new HashMap<>();
  private final Map<String, Long> assigned = new HashMap<>();
  private @Nullable WatcherException end;

  private final Watch watch;

  /** Begins to watch; there are no records yet. */
  Records(KubernetesClient client) {
    this.client = client;
    watch =
        client
            .genericKubernetesResources(ClusterObjects.RECORDS)
            .inAnyNamespace()
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, GenericKubernetesResource record) {
                    note(action, record);
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    ended(cause);
                  }
                });
  }

  /**
   * Waits until each of these pods has had a record that was {@code Assigned}.
   *
   * @return when the watch told of the last one: {@link System#nanoTime()}
   */
  long awaitAssigned(Collection<Pod> pods, Duration limit) {
    List<String> names = pods.stream().map(pod -> pod.getMetadata().getName()).toList();
    await(
        () -> assigned.keySet().containsAll(names),
        "the records of %d pods are assigned".formatted(names.size()),
        limit);
    return last(assigned, pods);
  }

  /** When the watch told of the first record of the last of these pods, which has one. */
  long lastWritten(Collection<Pod> pods) {
    return last(written, pods);
  }

  private long last(Map<String, Long> times, Collection<Pod> pods) {
    synchronized (lock) {
      return pods.stream()
          .mapToLong(pod -> times.getOrDefault(pod.getMetadata().getName(), 0L))
          .max()
          .orElseThrow();
    }
  }

  /** Waits until there is no record any more. */
  void awaitNone(Duration limit) {
    await(present::isEmpty, "no record left", limit);
  }

  /** All records as they are now. */
  List<GenericKubernetesResource> all() {
    return client
        .genericKubernetesResources(ClusterObjects.RECORDS)
        .inAnyNamespace()
        .list()
        .getItems();
  }

  private void await(BooleanSupplier condition, String what, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (lock) {
      while (!condition.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (end != null || left <= 0) {
          throw new IllegalStateException(
              "not within %s: %s; %d records, %d pods had one that was assigned"
                  .formatted(limit, what, present.size(), assigned.size()),
              end);
        }
        try {
          lock.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted", e);
        }
      }
    }
  }

  private void note(Watcher.Action action, GenericKubernetesResource record) {
    long now = System.nanoTime();
    String name = record.getMetadata().getName();
    synchronized (lock) {
      if (action == Watcher.Action.DELETED) {
        present.remove(name);
      } else {
        present.add(name);
        String pod = record.get("spec", "pod");
        written.putIfAbsent(pod, now);
        if ("Assigned".equals(record.get("status", "status"))) {
          assigned.putIfAbsent(pod, now);
        }
      }
      lock.notifyAll();
    }
  }

  private void ended(WatcherException cause) {
    synchronized (lock) {
      end = cause;
      lock.notifyAll();
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
