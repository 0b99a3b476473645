package io.podidentity.nmi;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which headers a proxy passes on: not those that are about one connection, nor those that either
 * side's HTTP library sets itself.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.1">RFC 9110, section
 *     7.6.1</a>
 */
final class EndToEndHeaders {
  private static final Set<String> DROPPED =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private EndToEndHeaders() {}

  /** The headers to pass on; several values of one become one, separated by commas. */
  static Map<String, String> of(Map<String, List<String>> headers) {
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(headers);
    Set<String> dropped = new HashSet<>(DROPPED);
    for (String value : all.getOrDefault("Connection", List.of())) {
      for (String name : value.split(",", -1)) {
        dropped.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    Map<String, String> passed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.forEach(
        (name, values) -> {
          // The JDK's client names the status line of HTTP/2 so.
          if (!dropped.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
            passed.put(name, String.join(", ", values));
          }
        });
    return passed;
  }
}
