package io.podidentity.k8s;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Several that are followed together. */
final class Mirrors implements ClusterFollower {
  private final List<Mirror<?, ?>> first;
  private final List<Mirror<?, ?>> then;
  private final CompletableFuture<Void> firstSynced;
  private final CompletableFuture<Void> synced = new CompletableFuture<>();

  Mirrors(Mirror<?, ?>... all) {
    this(List.of(all), List.of());
  }

  /**
   * Several, some of which begin when the others have synced.
   *
   * @param first those that begin at once
   * @param then those that begin after them
   */
  Mirrors(List<Mirror<?, ?>> first, List<Mirror<?, ?>> then) {
    this.first = first;
    this.then = then;
    this.firstSynced = synced(first);
    var unused = CompletableFuture.allOf(firstSynced, synced(then)).whenComplete(this::completed);
  }

  @Override
  public CompletableFuture<Void> start() {
    begin(first);
    var unused =
        firstSynced
            .thenRun(() -> begin(then))
            .whenComplete(
                (nothing, failure) -> {
                  if (failure != null) {
                    completed(null, failure);
                  }
                });
    return synced;
  }

  private void completed(@Nullable Void nothing, @Nullable Throwable failure) {
    if (failure == null) {
      synced.complete(null);
    } else {
      Throwable cause = failure.getCause();
      synced.completeExceptionally(
          failure instanceof CompletionException && cause != null ? cause : failure);
    }
  }

  @Override
  public CompletableFuture<Void> synced() {
    return synced;
  }

  @Override
  public void close() {
    first.forEach(Mirror::close);
    then.forEach(Mirror::close);
  }

  private static void begin(List<Mirror<?, ?>> mirrors) {
    for (Mirror<?, ?> mirror : mirrors) {
      var unused = mirror.start();
    }
  }

  private static CompletableFuture<Void> synced(List<Mirror<?, ?>> mirrors) {
    return CompletableFuture.allOf(
        mirrors.stream().map(Mirror::synced).toArray(CompletableFuture<?>[]::new));
  }
}
