package io.podidentity.api.token;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Futures that fail with {@code SHUTTING_DOWN} when this is closed. Thread-safe. */
final class Unanswered implements AutoCloseable {
  private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** The refusal of all that is not answered by then, and of what comes after. */
  static PodIdentityException stopping() {
    return new PodIdentityException(
        ErrorReason.SHUTTING_DOWN, "the broker is closing; ask again in a moment");
  }

  /** Keeps a future until it is complete; it is then forgotten. */
  // A future is equal to itself only, which is what is meant here.
  @SuppressWarnings("CollectionUndefinedEquality")
  <T> CompletableFuture<T> add(CompletableFuture<T> future) {
    if (future.isDone()) {
      return future;
    }
    open.add(future);
    var unused = future.whenComplete((value, error) -> open.remove(future));
    if (closed) {
      future.completeExceptionally(stopping());
    }
    return future;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(future -> future.completeExceptionally(stopping()));
  }
}
