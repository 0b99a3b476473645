package io.podidentity.api.matching;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a token tells about whom it is for. Only the resource is meant to know a token's form, so it
 * is read to refuse one, and never to trust one: nothing is verified. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7519#section-3">RFC 7519: JSON Web Token</a>
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference">
 *     Access token claims reference</a>
 */
public final class TokenClaims {
  /** The client ID, in tokens of version 1.0 and 2.0, and the resource ID of a managed identity. */
  private static final Pattern OWNER =
      Pattern.compile("\"(appid|azp|xms_mirid)\"\\s*:\\s*\"([^\"]+)\"");

  private static final TokenClaims NONE = new TokenClaims("");

  /** JSON, in lower case and without backslashes: a text in it may look like a claim. */
  private final String claims;

  private TokenClaims(String claims) {
    this.claims = claims;
  }

  /** The claims of a token; none if it is no readable JWT. */
  public static TokenClaims of(AccessToken token) {
    String[] parts = token.value().split("\\.", -1);
    if (parts.length != 3) {
      return NONE;
    }
    try {
      String json =
          new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8).strip();
      // JSON may write a slash as \/.
      return json.startsWith("{")
          ? new TokenClaims(json.replace("\\", "").toLowerCase(Locale.ROOT))
          : NONE;
    } catch (IllegalArgumentException e) {
      return NONE;
    }
  }

  /** Whether they tell at all whom the token is for. */
  boolean tellTheOwner() {
    return OWNER.matcher(claims).find();
  }

  /** All names and texts in them, in lower case; and what is between these. */
  Stream<String> texts() {
    return Pattern.compile("\"", Pattern.LITERAL).splitAsStream(claims);
  }

  /** Whether they tell the resource ID of a managed identity. */
  public boolean tellTheResourceId() {
    return resourceIds().findAny().isPresent();
  }

  /** Whether they tell that resource ID, in any letter case, and no other. */
  public boolean tellTheResourceId(String resourceId) {
    return tellTheResourceId()
        && resourceIds().allMatch(resourceId.toLowerCase(Locale.ROOT)::equals);
  }

  /** Whether they tell a client ID. */
  public boolean tellTheClientId() {
    return clientIds().findAny().isPresent();
  }

  /** Whether they tell that client ID and no other. */
  public boolean tellTheClientId(ClientId clientId) {
    return tellTheClientId()
        && clientIds().allMatch(clientId.value().toLowerCase(Locale.ROOT)::equals);
  }

  private Stream<String> resourceIds() {
    return claims("xms_mirid");
  }

  private Stream<String> clientIds() {
    return claims("appid|azp");
  }

  private Stream<String> claims(String names) {
    return OWNER
        .matcher(claims)
        .results()
        .filter(claim -> claim.group(1).matches(names))
        .map(claim -> claim.group(2));
  }
}
