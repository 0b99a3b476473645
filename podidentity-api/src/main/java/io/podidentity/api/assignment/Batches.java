package io.podidentity.api.assignment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Does the same to each of many, a few at a time. */
record Batches(Executor executor, int size) {
  /**
   * Does it, and waits for the last.
   *
   * @throws java.util.concurrent.CompletionException as {@link #begin} fails
   */
  <T> void forEach(List<T> items, Consumer<T> action) {
    begin(items, action).join();
  }

  /**
   * Begins it.
   *
   * @return done when the last is; fails if the executor refuses one, or the action throws, but not
   *     before all of the batch that have begun are done
   */
  <T> CompletableFuture<Void> begin(List<T> items, Consumer<T> action) {
    if (items.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    int end = Math.min(size, items.size());
    List<CompletableFuture<?>> batch = new ArrayList<>();
    for (T item : items.subList(0, end)) {
      try {
        batch.add(CompletableFuture.runAsync(() -> action.accept(item), executor));
      } catch (RuntimeException | Error e) {
        batch.add(CompletableFuture.failedFuture(e));
        break;
      }
    }
    return CompletableFuture.allOf(batch.toArray(CompletableFuture<?>[]::new))
        .thenCompose(done -> begin(items.subList(end, items.size()), action));
  }
}
