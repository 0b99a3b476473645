package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * Asks the API server for what is there now, when a request cannot be answered from what is
 * followed. fabric8's calls block, so there is a thread for them, which ends when it is idle.
 */
final class LiveCalls implements AutoCloseable {
  /** Whoever waits for a call does so for about a second; one that takes longer serves the next. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final ExecutorService thread;

  LiveCalls(KubernetesClient client, String threadName) {
    this.client = KubernetesClients.impatient(client, TIMEOUT, 0);
    this.thread = CallThreads.atMost(1, threadName);
  }

  /**
   * Makes a call.
   *
   * @param doing what, for messages
   * @return fails with {@code CLUSTER_UNAVAILABLE} if the API server does not answer or refuses
   */
  <T> CompletableFuture<T> call(String doing, Function<KubernetesClient, T> call) {
    try {
      return CompletableFuture.supplyAsync(() -> make(doing, call), thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new PodIdentityException(ErrorReason.SHUTTING_DOWN, doing + ": no more calls", e));
    }
  }

  /** A call that has begun ends by its time-out at the latest. */
  @Override
  public void close() {
    thread.shutdownNow();
  }

  private <T> T make(String doing, Function<KubernetesClient, T> call) {
    try {
      return call.apply(client);
    } catch (KubernetesClientException e) {
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE,
          doing + ": " + Failures.brief(e),
          Failures.retryAfter(e),
          e);
    }
  }
}
