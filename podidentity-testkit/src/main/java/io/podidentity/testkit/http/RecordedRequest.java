package io.podidentity.testkit.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request as a simulator received it. Immutable.
 *
 * @param number counts the requests of one server from 1
 * @param at when it arrived, by the server's clock
 * @param source the address it came from, without the port
 * @param method as sent, for example {@code GET}
 * @param path as sent: not decoded, doubled slashes and case kept
 * @param query as sent, without the question mark; empty if there was none
 * @param headers by lower-case name
 * @param body decoded as UTF-8; empty if there was none
 */
public record RecordedRequest(
    long number,
    Instant at,
    String source,
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    String body) {

  /** Copies the headers under lower-case names. */
  public RecordedRequest {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    headers.forEach((name, values) -> copy.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    headers = Map.copyOf(copy);
  }

  /** The first value of a header, whose name is compared ignoring case. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }

  /** The query's parameters, decoded, in the order sent; a name may have several values. */
  public Map<String, List<String>> queryParameters() {
    return parseForm(query);
  }

  /** The first value of a query parameter, decoded; names are compared exactly. */
  public Optional<String> queryParameter(String name) {
    return queryParameters().getOrDefault(name, List.of()).stream().findFirst();
  }

  /** The body's fields if it is {@code application/x-www-form-urlencoded}. */
  public Map<String, List<String>> formFields() {
    return parseForm(body);
  }

  /** Without headers and body, which may hold secrets. */
  @Override
  public String toString() {
    return "#"
        + number
        + " "
        + method
        + " "
        + path
        + (query.isEmpty() ? "" : "?" + query)
        + " from "
        + source;
  }

  private static Map<String, List<String>> parseForm(String text) {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        fields.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
      }
    }
    return fields;
  }

  /** A wrong escape is left as it is, so that a handler sees it and refuses it. */
  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException wrongEscape) {
      return text;
    }
  }
}
