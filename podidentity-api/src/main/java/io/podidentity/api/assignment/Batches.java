package io.podidentity.api.assignment;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Does the same to each of many, a few at a time, and waits for the last. */
record Batches(Executor executor, int size) {
  <T> void forEach(List<T> items, Consumer<T> action) {
    for (int from = 0; from < items.size(); from += size) {
      CompletableFuture<?>[] batch =
          items.subList(from, Math.min(from + size, items.size())).stream()
              .map(item -> CompletableFuture.runAsync(() -> action.accept(item), executor))
              .toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(batch).join();
    }
  }
}
