package io.podidentity.testkit.http;

import java.util.Locale;
import java.util.function.Predicate;

/** Filters over {@link RecordedRequest}s. */
public final class Requests {
  private Requests() {}

  /** Requests of one method whose path contains {@code part}, ignoring case. */
  public static Predicate<RecordedRequest> matching(String method, String part) {
    String wanted = part.toLowerCase(Locale.ROOT);
    return request ->
        request.method().equals(method) && request.path().toLowerCase(Locale.ROOT).contains(wanted);
  }
}
