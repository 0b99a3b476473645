package io.podidentity.testkit.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * A gate in a simulator: requests that match wait at it, holding no thread, until it is released.
 * Closing it releases it. Safe for use by several threads.
 */
public final class Hold implements AutoCloseable {

  /** Where a request waits. */
  public enum Point {
    /** It has arrived and is recorded, but nothing was done yet. */
    BEFORE_HANDLING,
    /** It was carried out, but its answer is not sent yet. */
    BEFORE_ANSWER
  }

  private final Point point;
  private final Predicate<RecordedRequest> when;
  private final CompletableFuture<Void> gate = new CompletableFuture<>();
  private final Waiting<RecordedRequest> arrived = new Waiting<>(Integer.MAX_VALUE);

  Hold(Point point, Predicate<RecordedRequest> when) {
    this.point = point;
    this.when = when;
  }

  /**
   * Waits until {@code count} requests have arrived at the gate.
   *
   * @return the requests, in the order of arrival
   * @throws AssertionError if they have not after {@code atMost}
   */
  public List<RecordedRequest> awaitArrivals(int count, Duration atMost) {
    return arrived.await(
        all -> all.size() >= count, atMost, () -> count + " requests held at " + point);
  }

  /** Lets the waiting requests go on, and all later ones pass. */
  public void release() {
    gate.complete(null);
  }

  @Override
  public void close() {
    release();
  }

  boolean isReleased() {
    return gate.isDone();
  }

  boolean appliesTo(Point at, RecordedRequest request) {
    return at == point && !gate.isDone() && when.test(request);
  }

  CompletableFuture<Void> arrive(RecordedRequest request) {
    arrived.add(request);
    return gate;
  }
}
