package io.podidentity.k8s;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several that are followed together. */
final class Mirrors implements ClusterFollower {
  private final List<Mirror<?, ?>> first;
  private final List<Mirror<?, ?>> then;
  private final CompletableFuture<Void> firstSynced;
  private final CompletableFuture<Void> synced;

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
    this.synced = CompletableFuture.allOf(firstSynced, synced(then));
  }

  @Override
  public CompletableFuture<Void> start() {
    begin(first);
    var unused = firstSynced.thenRun(() -> begin(then));
    return synced;
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
