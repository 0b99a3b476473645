package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Reads queries, and keeps what it read last: clients ask the same again, and to read a query is a
 * good part of what a cached token costs. What a query says depends on its text alone, so that it
 * does not matter who sent it. Thread-safe, without a lock.
 */
final class RecentQueries {
  /** A power of two. */
  static final int KEPT = 64;

  /** Those of SDKs have a third of it. */
  private static final int LONGEST_KEPT = 512;

  private final AtomicReferenceArray<@Nullable Read> last = new AtomicReferenceArray<>(KEPT);

  private record Read(String raw, QueryParameters parameters) {}

  /**
   * As {@link QueryParameters#parse}.
   *
   * @throws PodIdentityException with {@code INVALID_REQUEST}; that is not kept
   */
  QueryParameters read(String raw) {
    if (raw.length() > LONGEST_KEPT) {
      return QueryParameters.parse(raw);
    }
    int hash = raw.hashCode();
    int place = (hash ^ (hash >>> 16)) & (KEPT - 1);
    Read kept = last.get(place);
    if (kept != null && kept.raw().equals(raw)) {
      return kept.parameters();
    }
    QueryParameters parameters = QueryParameters.parse(raw);
    last.set(place, new Read(raw, parameters));
    return parameters;
  }
}
