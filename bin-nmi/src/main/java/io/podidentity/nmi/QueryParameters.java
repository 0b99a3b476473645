package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.HashMap;
import java.util.Map;

/**
 * A query, read strictly: one that is too long, a name that comes twice, an escape that cannot be
 * decoded, a control character or a bare semicolon is refused, because another parser might read it
 * differently. IMDS refuses repeated parameters too.
 *
 * @param values by name; names keep their letter case, as in AAD Pod Identity v1
 * @see <a
 *     href="https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service">Instance
 *     Metadata Service, usage</a>
 */
record QueryParameters(Map<String, String> values) {
  /** Twice what the longest names of a resource and of an identity can make of it. */
  private static final int MAX_LENGTH = 2048;

  /**
   * Reads a raw query.
   *
   * @throws PodIdentityException with {@code INVALID_REQUEST}; the message repeats nothing of it
   */
  static QueryParameters parse(String query) {
    if (query.length() > MAX_LENGTH) {
      throw refusal("the query is longer than " + MAX_LENGTH + " characters");
    }
    if (query.indexOf(';') >= 0) {
      throw undecodable();
    }
    Map<String, String> values = new HashMap<>();
    int start = 0;
    while (start <= query.length()) {
      int ampersand = query.indexOf('&', start);
      int end = ampersand < 0 ? query.length() : ampersand;
      if (end > start) {
        addPair(values, query, start, end);
      }
      start = end + 1;
    }
    return new QueryParameters(Map.copyOf(values));
  }

  private static void addPair(Map<String, String> values, String query, int start, int end) {
    int found = query.indexOf('=', start);
    int equals = found < 0 || found > end ? end : found;
    String name = Percent.decode(query.substring(start, equals), true);
    String value = equals == end ? "" : Percent.decode(query.substring(equals + 1, end), true);
    if (name == null || value == null) {
      throw undecodable();
    }
    if (hasControl(name) || hasControl(value)) {
      throw refusal("the query holds a control character");
    }
    if (values.put(name, value) != null) {
      throw refusal("a query parameter is given more than once");
    }
  }

  /** The value of a parameter; empty if it is not there, or is empty. */
  String get(String name) {
    return values.getOrDefault(name, "");
  }

  private static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static PodIdentityException undecodable() {
    return refusal("the query cannot be decoded: escape special characters as %XX of UTF-8");
  }

  private static PodIdentityException refusal(String message) {
    return new PodIdentityException(ErrorReason.INVALID_REQUEST, message);
  }
}
