package io.podidentity.api.matching;

import io.podidentity.api.model.AccessToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads a token of which only the resource is meant to know the form. So it is used to refuse one,
 * and never to trust one: nothing is verified.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7519#section-3">RFC 7519: JSON Web Token</a>
 */
final class TokenClaims {
  private TokenClaims() {}

  /** The claims as JSON, in lower case and without backslashes; empty if it is no readable JWT. */
  static Optional<String> text(AccessToken token) {
    String[] parts = token.value().split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      String json =
          new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8).strip();
      // JSON may write a slash as \/.
      return json.startsWith("{")
          ? Optional.of(json.replace("\\", "").toLowerCase(Locale.ROOT))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
