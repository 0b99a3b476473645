package io.podidentity.azure.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.testkit.InMemorySecrets;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeEntra;
import io.podidentity.testkit.contract.TokenSourceContract;
import io.podidentity.testkit.http.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

final class EntraTokenSourceContractTest extends TokenSourceContract {
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final NamespacedName SECRET = new NamespacedName("default", "secret");
  private static final String CLIENT_ID = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";

  // MSAL4J counts the life of a token by the system's clock.
  private final Clock clock = Clock.systemUTC();
  private final InMemorySecrets secrets = new InMemorySecrets();
  private final FakeEntra entra =
      FakeEntra.start(
          new FakeAzure(clock),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          CERTIFICATES.serverContext(List.of()));
  private final HttpClient http = HttpClients.cloud(CERTIFICATES.clientContext()).build();
  private final EntraTokenSource source =
      new EntraTokenSource(
          new AuthorityEndpoints(entra.uri(), Set.of()),
          secrets,
          new SecretScope(false, false),
          () -> http,
          "test",
          Duration.ofSeconds(20),
          clock);

  EntraTokenSourceContractTest() {
    secrets.put(SECRET, Map.of("clientSecret", "value".getBytes(UTF_8)));
    entra.register(EntraApplication.withSecret(FakeAzure.DEFAULT_TENANT, CLIENT_ID, "value"));
  }

  @AfterEach
  void stop() {
    entra.close();
  }

  @Override
  protected TokenSource source() {
    return source;
  }

  @Override
  protected Clock clock() {
    return clock;
  }

  @Override
  protected AzureIdentity known() {
    return object("known", CLIENT_ID);
  }

  @Override
  protected AzureIdentity unknown() {
    return object("unknown", "00000000-0000-4000-8000-000000000000");
  }

  @Override
  protected void throttle(boolean now) {
    entra.faults().clear();
    if (now) {
      entra.throttle(Integer.MAX_VALUE, Duration.ofSeconds(7));
    }
  }

  private static AzureIdentity object(String name, String clientId) {
    return new AzureIdentity(
        new NamespacedName("default", name),
        "uid",
        1,
        false,
        new Credential.ClientSecret(
            new Credential.ServicePrincipal(
                FakeAzure.DEFAULT_TENANT, new ClientId(clientId), SECRET, List.of(), null)));
  }
}
