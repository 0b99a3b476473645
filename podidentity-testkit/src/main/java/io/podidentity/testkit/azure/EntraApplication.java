package io.podidentity.testkit.azure;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.UUID;

/**
 * A service principal that {@link FakeEntra} knows. Immutable.
 *
 * @param tenantId the tenant it is in
 * @param clientId its application ID
 * @param principalId its object ID
 * @param secrets the client secrets that are valid
 * @param certificates the certificates whose keys may sign its assertions
 */
public record EntraApplication(
    String tenantId,
    String clientId,
    String principalId,
    List<String> secrets,
    List<X509Certificate> certificates) {

  /** Copies the lists. */
  public EntraApplication {
    secrets = List.copyOf(secrets);
    certificates = List.copyOf(certificates);
  }

  /** One that proves itself by a secret. */
  public static EntraApplication withSecret(String tenantId, String clientId, String secret) {
    return new EntraApplication(
        tenantId, clientId, UUID.randomUUID().toString(), List.of(secret), List.of());
  }

  /** One that proves itself by assertions signed with a certificate's key. */
  public static EntraApplication withCertificate(
      String tenantId, String clientId, X509Certificate certificate) {
    return new EntraApplication(
        tenantId, clientId, UUID.randomUUID().toString(), List.of(), List.of(certificate));
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "EntraApplication[" + clientId + " in " + tenantId + "]";
  }
}
