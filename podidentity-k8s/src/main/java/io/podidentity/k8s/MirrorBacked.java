package io.podidentity.k8s;

import java.util.concurrent.CompletableFuture;

/** A directory or view that knows what its mirrors know, from the time on when they do. */
abstract class MirrorBacked implements ClusterFollower {
  /** What is followed for it; the same each time. */
  abstract ClusterFollower mirrors();

  @Override
  public CompletableFuture<Void> start() {
    return mirrors().start();
  }

  @Override
  public CompletableFuture<Void> synced() {
    return mirrors().synced();
  }

  @Override
  public void close() {
    mirrors().close();
  }
}
