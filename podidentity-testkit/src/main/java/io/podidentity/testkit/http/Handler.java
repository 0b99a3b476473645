package io.podidentity.testkit.http;

import java.util.concurrent.CompletableFuture;

/** Answers the requests of one {@link SimulatorServer}. Called by several threads at once. */
@FunctionalInterface
public interface Handler {

  /**
   * Answers one request. A future that is completed later holds the answer back without holding a
   * thread; one that fails is answered with 500.
   */
  CompletableFuture<Reply> handle(RecordedRequest request);
}
