package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Lists a node's pods as they are now: without a resource version, so that the API server answers
 * from its store and not from a cache that may lag.
 */
final class LivePodList implements AutoCloseable {
  /** Whoever waits for it does so for about a second; a call that takes longer serves the next. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final String nodeName;
  private final ThreadPoolExecutor thread;

  LivePodList(KubernetesClient client, String nodeName) {
    this.client = KubernetesClients.impatient(client, TIMEOUT, 0);
    this.nodeName = nodeName;
    // fabric8's calls block. Pods are seldom asked for so: the thread ends meanwhile.
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "pod-list");
              made.setDaemon(true);
              return made;
            });
    this.thread.allowCoreThreadTimeOut(true);
  }

  CompletableFuture<List<Pod>> get() {
    try {
      return CompletableFuture.supplyAsync(this::list, thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new PodIdentityException(ErrorReason.SHUTTING_DOWN, "pods are listed no more", e));
    }
  }

  /** A call that has begun ends by its time-out at the latest. */
  @Override
  public void close() {
    thread.shutdownNow();
  }

  private List<Pod> list() {
    try {
      return client
          .resources(PodResource.class)
          .inAnyNamespace()
          .withField("spec.nodeName", nodeName)
          .list()
          .getItems()
          .stream()
          .map(PodMapping::whole)
          .filter(Objects::nonNull)
          .toList();
    } catch (KubernetesClientException e) {
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE,
          "list pods of node %s: %s".formatted(nodeName, Failures.brief(e)),
          Failures.retryAfter(e),
          e);
    }
  }
}
