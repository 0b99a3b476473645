package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.Pod;
import io.podidentity.k8s.crd.Api;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Tells the owners of a node's pods what NMI saw, by events that {@code kubectl describe pod}
 * shows. Within ten minutes there is one for a pod at most, and no more than twenty in all, so that
 * a pod that misbehaves does not fill the API server.
 *
 * <p>It never blocks its caller and never fails: an event that cannot be written is logged and
 * lost. Thread-safe.
 */
public final class PodEvents {
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final int MOST = 20;

  private final EventLog events;
  private final Clock clock;

  /** When each pod was told, by its UID. Guarded by itself. */
  private final Map<String, Instant> told = new HashMap<>();

  /**
   * Events about pods.
   *
   * @param connection may create events in all namespaces; it stays the caller's to close
   * @param executor where the calls to the API server run, one at a time
   * @param clock for the times in the events
   */
  public PodEvents(KubernetesConnection connection, Executor executor, Clock clock) {
    this(connection.client(), executor, clock);
  }

  PodEvents(KubernetesClient client, Executor executor, Clock clock) {
    this.events = new EventLog(client, executor, clock, Api.GROUP, CallRate.unlimited());
    this.clock = clock;
  }

  /**
   * Packets with the pod's address were dropped, because they came from elsewhere.
   *
   * @param address in dotted form
   * @param packets how many; positive
   */
  public void spoofed(Pod pod, String address, long packets) {
    if (!mayBeTold(pod)) {
      return;
    }
    ObjectReference object =
        new ObjectReferenceBuilder()
            .withApiVersion("v1")
            .withKind("Pod")
            .withNamespace(pod.name().namespace())
            .withName(pod.name().name())
            .withUid(pod.uid())
            .build();
    events.add(
        new EventLog.Entry(
            object,
            "Warning",
            "SpoofedAddress",
            ("%d packets with this pod's address %s came from another interface than its own, and"
                    + " were dropped: another pod of node %s may be trying to get its tokens")
                .formatted(packets, address, pod.nodeName())));
  }

  private boolean mayBeTold(Pod pod) {
    Instant now = clock.instant();
    synchronized (told) {
      told.values().removeIf(then -> !now.isBefore(then.plus(WINDOW)));
      return told.size() < MOST && told.putIfAbsent(pod.uid(), now) == null;
    }
  }
}
