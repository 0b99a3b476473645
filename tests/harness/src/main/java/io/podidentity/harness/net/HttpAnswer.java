package io.podidentity.harness.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered.
 *
 * @param status the status code
 * @param headers all values by lower-case name
 * @param body the body, as UTF-8
 */
public record HttpAnswer(int status, Map<String, List<String>> headers, String body) {

  /** Copies the headers. */
  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** The first value of that header in any case; null if there is none. */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null ? null : values.get(0);
  }

  /**
   * Reads header blocks as curl writes them; only the last one counts, as those before it are of
   * interim answers and redirects.
   */
  static HttpAnswer parse(String headerBlocks, String body) {
    int status = 0;
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line : headerBlocks.lines().toList()) {
      if (line.startsWith("HTTP/")) {
        status = Integer.parseInt(line.split(" ", -1)[1]);
        headers.clear();
        continue;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers
            .computeIfAbsent(
                line.substring(0, colon).toLowerCase(Locale.ROOT), n -> new ArrayList<>())
            .add(line.substring(colon + 1).strip());
      }
    }
    if (status == 0) {
      throw new IllegalArgumentException("no status line in: " + headerBlocks);
    }
    return new HttpAnswer(status, headers, body);
  }
}
