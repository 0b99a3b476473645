package io.podidentity.testkit.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * What one simulator was asked: the last 10,000 requests, oldest first. Safe for use by several
 * threads.
 */
public final class RequestLog {
  private static final int LIMIT = 10_000;

  private final AtomicLong total = new AtomicLong();
  private final Waiting<RecordedRequest> requests = new Waiting<>(LIMIT);

  RequestLog() {}

  /** All requests that are kept. */
  public List<RecordedRequest> all() {
    return requests.all();
  }

  /** How many there were since the start, those that are kept no longer too. */
  public long total() {
    return total.get();
  }

  /** The requests that {@code filter} accepts. */
  public List<RecordedRequest> matching(Predicate<RecordedRequest> filter) {
    return requests.all().stream().filter(filter).toList();
  }

  /** The requests after the one with this number; 0 gives all. */
  public List<RecordedRequest> since(long number) {
    return matching(request -> request.number() > number);
  }

  /**
   * Waits until {@code count} requests that {@code filter} accepts have arrived.
   *
   * @return those requests
   * @throws AssertionError if they have not after {@code atMost}
   */
  public List<RecordedRequest> await(
      int count, Predicate<RecordedRequest> filter, Duration atMost) {
    return requests
        .await(
            all -> all.stream().filter(filter).count() >= count,
            atMost,
            () -> count + " matching requests")
        .stream()
        .filter(filter)
        .toList();
  }

  /** Forgets all requests; their numbers go on. */
  public void clear() {
    requests.clear();
  }

  void add(RecordedRequest request) {
    total.incrementAndGet();
    requests.add(request);
  }
}
