package io.podidentity.azure.config;

import java.net.URI;
import java.util.Locale;

/** Checks base URLs of services. */
final class Endpoints {
  private static final int HTTPS = 443;

  private Endpoints() {}

  /**
   * Refuses what a token or secret must not be sent to, and cuts slashes at the end.
   *
   * @throws IllegalArgumentException if it is not an https URL of a host, with a path at most
   */
  static URI checked(URI endpoint, String what) {
    if (!"https".equalsIgnoreCase(endpoint.getScheme())
        || endpoint.getHost() == null
        || endpoint.getRawUserInfo() != null
        || endpoint.getRawQuery() != null
        || endpoint.getRawFragment() != null) {
      throw new IllegalArgumentException("the endpoint of " + what + " must be an https URL");
    }
    return URI.create(endpoint.toString().replaceAll("/+$", ""));
  }

  /** As {@link #checked}, and such that two URLs of one place are equal. */
  static URI canonical(URI endpoint, String what) {
    URI checked = checked(endpoint, what);
    String host = checked.getHost().toLowerCase(Locale.ROOT);
    String port =
        checked.getPort() == -1 || checked.getPort() == HTTPS ? "" : ":" + checked.getPort();
    return URI.create("https://" + host + port + checked.getRawPath());
  }
}
