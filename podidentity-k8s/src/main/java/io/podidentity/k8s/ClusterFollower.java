package io.podidentity.k8s;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Something that follows objects of the cluster: it lists them once and is then told of changes. It
 * goes on through whatever happens to the API server until it is closed. Thread-safe.
 */
public interface ClusterFollower extends AutoCloseable {
  /**
   * Begins, and returns at once. Called again it does nothing more.
   *
   * @return as {@link #synced()}
   */
  CompletableFuture<Void> start();

  /**
   * Completes when the first list has come and changes are being sent; with a {@link
   * PodIdentityException} of reason {@code SHUTTING_DOWN} if it is closed before. Until then it is
   * retried whatever is wrong, with one line of log for each kind of failure.
   */
  CompletableFuture<Void> synced();

  /** Whether the first list has come. */
  default boolean hasSynced() {
    return synced().isDone() && !synced().isCompletedExceptionally();
  }

  /**
   * Waits for the first list.
   *
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if it has not come by then,
   *     {@code SHUTTING_DOWN} if it was closed, or the thread interrupted, before
   */
  default void awaitSynced(Duration atMost) {
    try {
      synced().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE,
          ("the first lists from the Kubernetes API have not come within %s s; the log says what is"
                  + " in the way")
              .formatted(atMost.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "interrupted while waiting for the Kubernetes API", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PodIdentityException known
          ? known
          : new PodIdentityException(
              ErrorReason.CLUSTER_UNAVAILABLE, "following the Kubernetes API failed", e);
    }
  }

  /** What is thrown when something is asked before the first list has come. */
  static PodIdentityException notYet(String what) {
    return new PodIdentityException(
        ErrorReason.CLUSTER_UNAVAILABLE,
        "the %s of the cluster are not known yet; ask again in a moment".formatted(what),
        Duration.ofSeconds(1),
        null);
  }

  /** Follows no longer. What is known can still be looked up. */
  @Override
  void close();
}
