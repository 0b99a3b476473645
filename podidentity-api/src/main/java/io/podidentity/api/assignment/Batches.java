package io.podidentity.api.assignment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Does the same to each of many, a few at a time, and waits for the last. */
record Batches(Executor executor, int size) {
  /**
   * Does it.
   *
   * @throws RuntimeException if the executor refuses one, or the action throws; not before all of
   *     the batch that have begun are done
   */
  <T> void forEach(List<T> items, Consumer<T> action) {
    for (int from = 0; from < items.size(); from += size) {
      List<CompletableFuture<?>> batch = new ArrayList<>();
      try {
        for (T item : items.subList(from, Math.min(from + size, items.size()))) {
          batch.add(CompletableFuture.runAsync(() -> action.accept(item), executor));
        }
      } finally {
        CompletableFuture.allOf(batch.toArray(CompletableFuture<?>[]::new)).join();
      }
    }
  }
}
