package io.podidentity.testkit.http;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a simulator answers. Immutable.
 *
 * @param status the HTTP status, 200 to 599
 * @param headers by name, as sent
 * @param body sent as UTF-8; empty for none
 */
public record Reply(int status, Map<String, String> headers, String body) {

  /** Copies the headers, keeping their order. */
  public Reply {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status must be 200 to 599: " + status);
    }
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** A reply without a body. */
  public static Reply empty(int status) {
    return new Reply(status, Map.of(), "");
  }

  /** A plain text reply. */
  public static Reply text(int status, String body) {
    return new Reply(status, Map.of("Content-Type", "text/plain; charset=utf-8"), body);
  }

  /** A JSON reply; {@code value} is a JSON tree, a map, a list or a record. */
  public static Reply json(int status, Object value) {
    return new Reply(
        status,
        Map.of("Content-Type", "application/json; charset=utf-8"),
        JsonMapper.shared().writeValueAsString(value));
  }

  /** The same reply with one header more, or with that header's value replaced. */
  public Reply with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, more, body);
  }

  /** The same reply with {@code Retry-After} in whole seconds, rounded up. */
  public Reply retryAfter(Duration wait) {
    return with("Retry-After", Long.toString(wait.plusMillis(999).toSeconds()));
  }

  /** Without the body, which may hold a token. */
  @Override
  public String toString() {
    return "Reply[" + status + ", " + body.length() + " characters]";
  }
}
