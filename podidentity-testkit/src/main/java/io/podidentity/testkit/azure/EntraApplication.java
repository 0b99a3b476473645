package io.podidentity.testkit.azure;

import java.security.PublicKey;
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
 * @param trusted the names of certificates whose keys may do so too, if an authority vouches for
 *     them
 * @param federated other issuers' tokens that it trusts as assertions
 */
public record EntraApplication(
    String tenantId,
    String clientId,
    String principalId,
    List<String> secrets,
    List<X509Certificate> certificates,
    List<TrustedName> trusted,
    List<FederatedCredential> federated) {

  /**
   * Another issuer that vouches for the application, as a federated identity credential says.
   *
   * @param issuer its {@code iss}, compared exactly
   * @param subject the {@code sub} that it gives, compared exactly
   * @param key what it signs with (RS256); the real service finds it through the issuer's discovery
   *     document
   */
  public record FederatedCredential(String issuer, String subject, PublicKey key) {}

  /**
   * A certificate by its name and issuer ("subject name and issuer authentication"): it may be
   * renewed without telling Entra ID, and has to be sent along, with its chain.
   *
   * @param subject its subject, in the form of RFC 2253
   * @param authority the root of its chain
   */
  public record TrustedName(String subject, X509Certificate authority) {}

  /** Copies the lists. */
  public EntraApplication {
    secrets = List.copyOf(secrets);
    certificates = List.copyOf(certificates);
    trusted = List.copyOf(trusted);
    federated = List.copyOf(federated);
  }

  /** One that trusts no other issuer. */
  public EntraApplication(
      String tenantId,
      String clientId,
      String principalId,
      List<String> secrets,
      List<X509Certificate> certificates,
      List<TrustedName> trusted) {
    this(tenantId, clientId, principalId, secrets, certificates, trusted, List.of());
  }

  /** One that proves itself by tokens of another issuer. */
  public static EntraApplication withFederation(
      String tenantId, String clientId, FederatedCredential... federated) {
    return new EntraApplication(
        tenantId,
        clientId,
        UUID.randomUUID().toString(),
        List.of(),
        List.of(),
        List.of(),
        List.of(federated));
  }

  /** One that proves itself by a secret. */
  public static EntraApplication withSecret(String tenantId, String clientId, String secret) {
    return new EntraApplication(
        tenantId, clientId, UUID.randomUUID().toString(), List.of(secret), List.of(), List.of());
  }

  /** One that proves itself by assertions signed with a certificate's key. */
  public static EntraApplication withCertificate(
      String tenantId, String clientId, X509Certificate certificate) {
    return new EntraApplication(
        tenantId,
        clientId,
        UUID.randomUUID().toString(),
        List.of(),
        List.of(certificate),
        List.of());
  }

  /** One that proves itself by assertions signed with the key of any certificate of a name. */
  public static EntraApplication withTrustedName(
      String tenantId, String clientId, String subject, X509Certificate authority) {
    return new EntraApplication(
        tenantId,
        clientId,
        UUID.randomUUID().toString(),
        List.of(),
        List.of(),
        List.of(new TrustedName(subject, authority)));
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "EntraApplication[" + clientId + " in " + tenantId + "]";
  }
}
