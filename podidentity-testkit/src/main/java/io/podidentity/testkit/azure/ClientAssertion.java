package io.podidentity.testkit.azure;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JWT by which an application proves itself: RS256, with the certificate's thumbprint as {@code
 * x5t} (SHA-1) or {@code x5t#S256}, and perhaps the certificate and its chain as {@code x5c}.
 *
 * <p>Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials.
 */
final class ClientAssertion {
  /** What another issuer's token must be for. */
  private static final String FEDERATED_AUDIENCE = "api://AzureADTokenExchange";

  private final String text;
  private final JsonNode header;
  private final JsonNode claims;

  private ClientAssertion(String text, JsonNode header, JsonNode claims) {
    this.text = text;
    this.header = header;
    this.claims = claims;
  }

  static ClientAssertion parse(String text) {
    String[] parts = text.split("\\.", -1);
    try {
      if (parts.length != 3) {
        throw new IllegalArgumentException("not three parts");
      }
      return new ClientAssertion(text, decode(parts[0]), decode(parts[1]));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new EntraException(
          new EntraError(400, "invalid_request", 50027, "JWT token is invalid or malformed."));
    }
  }

  /**
   * Checks signature, audience and time.
   *
   * @param tokenEndpoint the URL that was posted to; the audience must be it, or lead to the same
   *     tenant
   * @throws EntraException if it proves nothing
   */
  void check(EntraApplication application, String tokenEndpoint, Instant now) {
    if (!application.federated().isEmpty()) {
      checkFederated(application, now);
      return;
    }
    List<X509Certificate> sent = CertificateChain.parse(header.path("x5c"));
    if (!sent.isEmpty() && !names(sent.get(0))) {
      throw signature("The thumbprint is not that of the first certificate in x5c.");
    }
    X509Certificate certificate =
        application.certificates().stream()
            .filter(this::names)
            .findFirst()
            .or(() -> CertificateChain.trusted(sent, application.trusted()))
            .orElseThrow(() -> signature("The key was not found."));
    if (!header.path("alg").asString("").equals("RS256") || !signedBy(certificate.getPublicKey())) {
      throw signature("Client assertion failed signature validation.");
    }
    String audience = claims.path("aud").asString("");
    if (!tenantOf(audience).equalsIgnoreCase(tenantOf(tokenEndpoint))) {
      throw new EntraException(EntraError.assertionAudience(audience));
    }
    checkTime(now);
    String subject = claims.path("sub").asString("");
    String issuer = claims.path("iss").asString("");
    if (!subject.equalsIgnoreCase(application.clientId()) || !issuer.equals(subject)) {
      throw signature("Issuer and subject must be the application's ID.");
    }
  }

  /**
   * A token of another issuer.
   *
   * <p>Source:
   * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations.
   */
  private void checkFederated(EntraApplication application, Instant now) {
    String issuer = claims.path("iss").asString("");
    String subject = claims.path("sub").asString("");
    String audience = claims.path("aud").asString("");
    EntraApplication.FederatedCredential credential =
        application.federated().stream()
            .filter(each -> each.issuer().equals(issuer) && each.subject().equals(subject))
            .filter(each -> audience.equals(FEDERATED_AUDIENCE))
            .findFirst()
            .orElseThrow(
                () -> new EntraException(EntraError.notFederated(issuer, subject, audience)));
    if (!header.path("alg").asString("").equals("RS256") || !signedBy(credential.key())) {
      throw signature("Client assertion failed signature validation.");
    }
    checkTime(now);
  }

  private void checkTime(Instant now) {
    long second = now.getEpochSecond();
    if (claims.path("exp").asLong(0) <= second || claims.path("nbf").asLong(0) > second + 300) {
      throw new EntraException(EntraError.assertionTime());
    }
  }

  private boolean names(X509Certificate certificate) {
    return named("x5t#S256", thumbprint(certificate, "SHA-256"))
        || named("x5t", thumbprint(certificate, "SHA-1"));
  }

  /** MSAL4J writes the thumbprint in ordinary base64, others in that for URLs; both are taken. */
  private boolean named(String member, byte[] thumbprint) {
    String given = header.path(member).asString("").replace('+', '-').replace('/', '_');
    try {
      return Arrays.equals(Base64.getUrlDecoder().decode(given), thumbprint);
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private boolean signedBy(PublicKey key) {
    int last = text.lastIndexOf('.');
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(key);
      signature.update(text.substring(0, last).getBytes(StandardCharsets.US_ASCII));
      return signature.verify(Base64.getUrlDecoder().decode(text.substring(last + 1)));
    } catch (GeneralSecurityException | IllegalArgumentException notASignature) {
      return false;
    }
  }

  /** {@code https://host/TENANT/...}: host and port differ between views of one simulator. */
  private static String tenantOf(String url) {
    String[] parts = url.split("/", -1);
    return parts.length > 3 ? parts[3] : "";
  }

  private static byte[] thumbprint(X509Certificate certificate, String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private static JsonNode decode(String part) {
    return JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(part));
  }

  private static EntraException signature(String reason) {
    return new EntraException(EntraError.assertionSignature(reason));
  }
}
