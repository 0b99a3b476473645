package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.AssignmentStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes many records of one run, some at a time, and goes on after a failure. */
record RecordWriter(AssignmentStore store, Batches batches, RunFailures failures) {
  /**
   * Does the same with each, and waits for the last.
   *
   * @return as of {@link #begin}
   * @throws PodIdentityException as {@link #await} does
   */
  <T, R> List<R> each(
      List<T> items,
      Function<T, @Nullable R> action,
      BiConsumer<T, PodIdentityException> onFailure) {
    return await(begin(items, action, onFailure));
  }

  /**
   * Waits for what was begun.
   *
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the thread is interrupted: then
   *     those who write are about to be stopped too, and what they have not begun may never end
   */
  static <R> List<R> await(CompletableFuture<List<R>> begun) {
    try {
      return begun.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up to wait for records that are being written", e);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  /**
   * Begins to do the same with each.
   *
   * @param action gives what it came to; null for nothing
   * @param onFailure told what failed, and why
   * @return what came of those that did not fail, in the order of the items
   */
  <T, R> CompletableFuture<List<R>> begin(
      List<T> items,
      Function<T, @Nullable R> action,
      BiConsumer<T, PodIdentityException> onFailure) {
    ConcurrentLinkedQueue<Done<R>> done = new ConcurrentLinkedQueue<>();
    return batches
        .begin(
            numbered(items),
            item -> {
              try {
                R result = action.apply(item.value);
                if (result != null) {
                  done.add(new Done<>(item.number, result));
                }
              } catch (PodIdentityException e) {
                failures.ofRecord();
                onFailure.accept(item.value, e);
              }
            })
        .thenApply(
            all ->
                done.stream()
                    .sorted((one, other) -> Integer.compare(one.number, other.number))
                    .map(Done::value)
                    .toList());
  }

  private static <T> List<Done<T>> numbered(List<T> items) {
    List<Done<T>> numbered = new ArrayList<>();
    for (T item : items) {
      numbered.add(new Done<>(numbered.size(), item));
    }
    return numbered;
  }

  private record Done<T>(int number, T value) {}
}
