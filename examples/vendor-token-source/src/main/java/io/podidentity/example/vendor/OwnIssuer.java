package io.podidentity.example.vendor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.podidentity.api.model.NamespacedName;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signs assertions about identities: a vendor's own OpenID Connect issuer, cut down to what Entra
 * ID looks at. Entra ID knows it by a federated identity credential.
 */
public final class OwnIssuer {
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private final String issuer;
  private final PrivateKey key;
  private final Clock clock;

  /**
   * An issuer.
   *
   * @param issuer its URL, where its discovery document is
   * @param key an RSA key
   */
  public OwnIssuer(String issuer, PrivateKey key, Clock clock) {
    this.issuer = issuer;
    this.key = key;
    this.clock = clock;
  }

  /** The subject by which a federated identity credential knows an identity. */
  public static String subject(NamespacedName identity) {
    return "identity:" + identity.namespace() + ":" + identity.name();
  }

  /** A short-lived token that says: this is that identity. */
  String assertion(NamespacedName identity) {
    Instant now = clock.instant();
    String claims =
        part(
            Map.of(
                "iss", issuer,
                "sub", subject(identity),
                "aud", "api://AzureADTokenExchange",
                "iat", now.getEpochSecond(),
                "nbf", now.getEpochSecond(),
                "exp", now.plus(LIFETIME).getEpochSecond()));
    String signed = part(Map.of("alg", "RS256", "typ", "JWT")) + "." + claims;
    return signed + "." + signature(signed);
  }

  private String signature(String text) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(UTF_8));
      return encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
  }

  private static String part(Map<String, ?> json) {
    return encode(JsonMapper.shared().writeValueAsBytes(json));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
