package io.podidentity.testkit.azure;

import io.podidentity.testkit.azure.EntraApplication.TrustedName;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The certificates that an assertion carries along, as {@code x5c}: ordinary base64, the signer's
 * first, each vouched for by the next.
 *
 * <p>Source: https://www.rfc-editor.org/rfc/rfc7515#section-4.1.6.
 */
final class CertificateChain {
  private CertificateChain() {}

  static List<X509Certificate> parse(JsonNode x5c) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (JsonNode one : x5c.values()) {
        byte[] encoded = Base64.getDecoder().decode(one.asString(""));
        chain.add(
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(encoded)));
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw new EntraException(
          new EntraError(400, "invalid_request", 50027, "JWT token is invalid or malformed."));
    }
    return chain;
  }

  /** The first of them, if its name is trusted and its chain leads to that name's authority. */
  static Optional<X509Certificate> trusted(List<X509Certificate> chain, List<TrustedName> names) {
    return chain.stream()
        .findFirst()
        .filter(
            leaf ->
                names.stream()
                    .anyMatch(
                        name ->
                            name.subject().equals(leaf.getSubjectX500Principal().getName())
                                && leadsTo(name.authority(), chain)));
  }

  private static boolean leadsTo(X509Certificate authority, List<X509Certificate> chain) {
    for (int i = 0; i + 1 < chain.size(); i++) {
      if (!isSignedBy(chain.get(i), chain.get(i + 1))) {
        return false;
      }
    }
    return isSignedBy(chain.get(chain.size() - 1), authority);
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
