package io.podidentity.k8s;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several that are followed together. */
final class Mirrors implements ClusterFollower {
  private final List<Mirror<?, ?>> all;
  private final CompletableFuture<Void> synced;

  Mirrors(Mirror<?, ?>... all) {
    this.all = List.of(all);
    this.synced =
        CompletableFuture.allOf(
            this.all.stream().map(Mirror::synced).toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public CompletableFuture<Void> start() {
    for (Mirror<?, ?> mirror : all) {
      var unused = mirror.start();
    }
    return synced;
  }

  @Override
  public CompletableFuture<Void> synced() {
    return synced;
  }

  @Override
  public void close() {
    all.forEach(Mirror::close);
  }
}
