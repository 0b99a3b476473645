package io.podidentity.azure.entra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.azure.Failures;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.http.CloudAccess;
import io.podidentity.testkit.InMemorySecrets;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeEntra;
import io.podidentity.testkit.http.ConnectProxy;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Entra ID is reached: through the proxy, and with the certificates, of the environment. */
final class EntraAccessTest {
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final String CLIENT_ID = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";
  private static final NamespacedName SECRET = new NamespacedName("default", "secret");
  // Nobody can look it up: only a proxy can lead there.
  private static final String HOST = "login.entra.invalid";
  private static final Clock CLOCK = Clock.systemUTC();

  private final FakeEntra entra =
      FakeEntra.start(
          new FakeAzure(CLOCK),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          CERTIFICATES.serverContext(List.of(HOST)));
  private final InMemorySecrets secrets = new InMemorySecrets();
  private final Map<String, String> environment = new HashMap<>();

  @TempDir private Path folder;

  EntraAccessTest() {
    secrets.put(SECRET, Map.of("clientSecret", "value".getBytes(UTF_8)));
    entra.register(EntraApplication.withSecret(FakeAzure.DEFAULT_TENANT, CLIENT_ID, "value"));
  }

  @AfterEach
  void stop() {
    entra.close();
  }

  @Test
  void entraIsAskedThroughTheProxy() throws IOException {
    trustByFile();
    try (ConnectProxy proxy = ConnectProxy.to(entra.uri(), null)) {
      environment.put("HTTPS_PROXY", "http://" + proxy.address());

      assertThat(fetchFrom("https://" + HOST)).hasSize(1);
      assertThat(proxy.targets()).containsExactly(HOST + ":443");
    }
  }

  @Test
  void proxyIsToldWhoAsksAndEntraIsNot() throws IOException {
    trustByFile();
    // RFC 7617: base64 of "me:pass word".
    try (ConnectProxy proxy = ConnectProxy.to(entra.uri(), "Basic bWU6cGFzcyB3b3Jk")) {
      environment.put("HTTPS_PROXY", "http://me:pass%20word@" + proxy.address());

      assertThat(fetchFrom("https://" + HOST)).hasSize(1);
      assertThat(entra.requests().all().get(0).header("Proxy-Authorization")).isEmpty();
    }
  }

  @Test
  void proxyThatRefusesIsUnavailableAndItsPasswordIsNotShown() throws IOException {
    trustByFile();
    try (ConnectProxy proxy = ConnectProxy.to(entra.uri(), "Basic other")) {
      environment.put("HTTPS_PROXY", "http://me:hidden@" + proxy.address());

      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(() -> fetchFrom("https://" + HOST))
          .satisfies(
              e -> {
                assertThat(e.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
                assertThat(Failures.everything(e)).doesNotContain("hidden");
              });
      assertThat(entra.requests().all()).isEmpty();
    }
  }

  /** The JDK's own way of telling the proxy who asks would make this "unavailable". */
  @Test
  void refusalByEntraStaysOneThroughAProxyThatIsToldWhoAsks() throws IOException {
    trustByFile();
    secrets.put(SECRET, Map.of("clientSecret", "wrong".getBytes(UTF_8)));
    try (ConnectProxy proxy = ConnectProxy.to(entra.uri(), null)) {
      environment.put("HTTPS_PROXY", "http://me:pass@" + proxy.address());

      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(() -> fetchFrom("https://" + HOST))
          .withMessageContaining("AADSTS7000215")
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED));
    }
  }

  @Test
  void thisMachineIsReachedWithoutTheProxy() throws IOException {
    trustByFile();
    try (ConnectProxy proxy = ConnectProxy.to(entra.uri(), null)) {
      environment.put("HTTPS_PROXY", proxy.address());

      assertThat(fetchFrom(entra.uri().toString())).hasSize(1);
      assertThat(proxy.targets()).isEmpty();
    }
  }

  @Test
  void certificatesOfFoldersAreTrusted() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    CERTIFICATES.writeCaPem(second.resolve("ca.pem"));
    environment.put("SSL_CERT_DIR", first + ":" + second);

    assertThat(fetchFrom(entra.uri().toString())).hasSize(1);
  }

  @Test
  void serverThatNobodyVouchesForIsNotSentTheSecret() {
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> fetchFrom(entra.uri().toString()))
        .withMessageContaining("SSLHandshakeException")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE));
    assertThat(entra.requests().all()).isEmpty();
  }

  private void trustByFile() throws IOException {
    Path file = folder.resolve("ca.pem");
    CERTIFICATES.writeCaPem(file);
    environment.put("SSL_CERT_FILE", file.toString());
  }

  private List<AccessToken> fetchFrom(String endpoint) {
    EntraTokenSource source =
        new EntraTokenSource(
            new AuthorityEndpoints(URI.create(endpoint), Set.of()),
            secrets,
            new SecretScope(false, false),
            CloudAccess.fromEnvironment(environment::get).client(),
            "test",
            Duration.ofSeconds(20),
            CLOCK);
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("default", "demo"),
            "uid",
            1,
            false,
            new Credential.ClientSecret(
                new Credential.ServicePrincipal(
                    FakeAzure.DEFAULT_TENANT, new ClientId(CLIENT_ID), SECRET, List.of(), null)));
    return source.fetch(new TokenQuery(new TokenQuery.Bound(identity), "https://vault.azure.net"));
  }
}
