package io.podidentity.azure.imds;

import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The URLs of the token endpoint. */
final class ImdsRequests {
  private static final String TOKEN_PATH = "/metadata/identity/oauth2/token";
  private static final String API_VERSION = "2018-02-01";

  private ImdsRequests() {}

  /** Refuses what is more than scheme, host and port, and cuts a slash at the end. */
  static URI checkedBase(URI base) {
    boolean http = "http".equalsIgnoreCase(base.getScheme());
    boolean https = "https".equalsIgnoreCase(base.getScheme());
    String path = base.getRawPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    if (!(http || https)
        || base.getHost() == null
        || base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null
        || !bare) {
      throw new IllegalArgumentException(
          "\"%s\" is not of the form http://HOST:PORT".formatted(base));
    }
    String text = base.toString();
    return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : base;
  }

  /** By client ID, if the choice has one: the service refuses what names its identity twice. */
  static URI token(URI base, String resource, IdentityChoice choice) {
    StringBuilder url = new StringBuilder(base.toString()).append(TOKEN_PATH);
    url.append("?api-version=").append(API_VERSION);
    append(url, "resource", resource);
    ClientId clientId = choice.clientId();
    if (clientId == null) {
      append(url, "msi_res_id", choice.resourceId());
    } else {
      append(url, "client_id", clientId.value());
    }
    return URI.create(url.toString());
  }

  private static void append(StringBuilder url, String name, @Nullable String value) {
    if (value != null) {
      // A plus means a space in forms only; IMDS is not asked whether it knows that.
      String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
      url.append('&').append(name).append('=').append(encoded);
    }
  }
}
