package io.podidentity.example.vendor;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeEntra;
import io.podidentity.testkit.http.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The simulated Entra ID, which trusts an issuer for one identity. */
final class VendorFixture implements AutoCloseable {
  static final String ISSUER = "https://issuer.example.com";
  static final String CLIENT_ID = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";

  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final KeyPair KEYS = keys();

  final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  final FakeEntra entra =
      FakeEntra.start(
          new FakeAzure(clock),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          CERTIFICATES.serverContext(List.of()));

  VendorFixture() {
    entra.register(
        EntraApplication.withFederation(
            FakeAzure.DEFAULT_TENANT,
            CLIENT_ID,
            new EntraApplication.FederatedCredential(
                ISSUER, OwnIssuer.subject(identity("known").name()), KEYS.getPublic())));
  }

  /** The source, whose issuer calls itself so. */
  FederatedTokenSource source(String issuer) {
    return new FederatedTokenSource(
        entra.uri(),
        FakeAzure.DEFAULT_TENANT,
        new OwnIssuer(issuer, KEYS.getPrivate(), clock),
        HttpClient.newBuilder().sslContext(CERTIFICATES.clientContext()).build(),
        Duration.ofSeconds(20),
        clock);
  }

  /** An identity of that application. */
  static AzureIdentity identity(String name) {
    return new AzureIdentity(
        new NamespacedName("default", name),
        "uid-of-" + name,
        1,
        false,
        new Credential.ManagedIdentity(
            ResourceId.of("s", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", name),
            new ClientId(CLIENT_ID)));
  }

  @Override
  public void close() {
    entra.close();
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }
}
