package io.podidentity.azure.entra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import io.podidentity.azure.CapturedLog;
import io.podidentity.azure.Failures;
import io.podidentity.azure.http.BoundedCalls;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeEntra;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EntraClientTest {
  private static final String TENANT = FakeAzure.DEFAULT_TENANT;
  private static final String SECRET = "s3cr~t.With+Odd/Letters";
  private static final String RESOURCE = "https://management.azure.com/";
  private static final ClientId CLIENT = new ClientId("6b1f0d1c-0000-4000-8000-3f1c8a2f6c11");
  // MSAL4J counts the life of a token by the system's clock.
  private static final Clock CLOCK = Clock.systemUTC();
  private static final String AGENT = "aad-pod-identity/test";
  private static final TestCertificates CERTIFICATES = TestCertificates.create();

  private static FakeEntra entra;

  // One for each test: a connection that one of them broke is not the next one's.
  private final HttpClient http = HttpClients.cloud(CERTIFICATES.clientContext()).build();
  private final EntraClient client =
      new EntraClient(entra.uri(), http, AGENT, Duration.ofSeconds(20), CLOCK);

  @BeforeAll
  static void start() {
    entra =
        FakeEntra.start(
            new FakeAzure(CLOCK),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            CERTIFICATES.serverContext(List.of()));
    entra.register(EntraApplication.withSecret(TENANT, CLIENT.value(), SECRET));
  }

  @AfterAll
  static void stop() {
    entra.close();
  }

  @AfterEach
  void forget() {
    entra.requests().clear();
    entra.faults().clear();
  }

  @Test
  void getsATokenBySecretWithOneRequest() {
    AccessToken token = client.withSecret(TENANT, CLIENT, SECRET, RESOURCE);

    assertThat(FakeTokens.clientIdOf(token.value())).isEqualTo(CLIENT.value());
    assertThat(token.resource()).isEqualTo(RESOURCE);
    assertThat(token.expiresOn())
        .isCloseTo(CLOCK.instant().plusSeconds(3599), within(1, ChronoUnit.MINUTES));
    RecordedRequest request = entra.requests().all().get(0);
    assertThat(entra.requests().all()).hasSize(1);
    assertThat(request.path()).isEqualTo("/" + TENANT + "/oauth2/v2.0/token");
    assertThat(request.formFields())
        .containsEntry("grant_type", List.of("client_credentials"))
        .containsEntry("client_secret", List.of(SECRET));
    assertThat(request.headers()).containsEntry("user-agent", List.of(AGENT));
    // MSAL4J adds scopes of its own.
    assertThat(request.formFields().get("scope").get(0).split(" "))
        .contains(RESOURCE + "/.default");
  }

  @Test
  void asksEachTime() {
    client.withSecret(TENANT, CLIENT, SECRET, RESOURCE);
    client.withSecret(TENANT, CLIENT, SECRET, RESOURCE);

    assertThat(entra.requests().all()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "wrong, 6b1f0d1c-0000-4000-8000-3f1c8a2f6c11, 7000215",
    "s3cr~t.With+Odd/Letters, 00000000-0000-4000-8000-000000000000, 700016"
  })
  void whatWillNotHealIsRefusedWithItsNumber(String secret, String clientId, int number) {
    PodIdentityException error = failure(TENANT, clientId, secret);

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(error).hasMessageContaining("AADSTS" + number).hasMessageContaining(TENANT);
  }

  @Test
  void anUnknownTenantIsRefused() {
    PodIdentityException error =
        failure("00000000-0000-4000-8000-000000000000", CLIENT.value(), SECRET);

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(error).hasMessageContaining("AADSTS90002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "../x", "a b", "a?b", "common#"})
  void aTenantThatIsNoNameIsNotAsked(String tenant) {
    assertThat(failure(tenant, CLIENT.value(), SECRET).reason())
        .isEqualTo(ErrorReason.CONFIGURATION_INVALID);
    assertThat(entra.requests().all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void aServiceThatIsBusyIsAskedOnceAndSaysHowLongToWait(int status) {
    entra.faults().next(10, Fault.reply(Reply.empty(status).with("Retry-After", "7")));

    PodIdentityException error = failure(TENANT, CLIENT.value(), SECRET);

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(error.retryAfter()).hasValue(Duration.ofSeconds(7));
    assertThat(entra.requests().all()).hasSize(1);
  }

  @Test
  void aRefusalThatIsTemporaryIsUnavailable() {
    entra.faults().next(Fault.reply(Reply.json(400, Map.of("error", "temporarily_unavailable"))));

    assertThat(failure(TENANT, CLIENT.value(), SECRET).reason())
        .isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HANG_UP", "TRUNCATED", "GARBAGE"})
  void anAnswerThatIsNoneIsUnavailable(Fault.Kind kind) {
    entra.faults().next(10, Fault.of(kind));

    assertThat(failure(TENANT, CLIENT.value(), SECRET).reason())
        .isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
  }

  @Test
  void aRedirectIsNotFollowed() {
    entra.faults().next(Fault.reply(Reply.empty(307).with("Location", entra.uri() + "/elsewhere")));

    assertThat(failure(TENANT, CLIENT.value(), SECRET).reason())
        .isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(entra.requests().all()).hasSize(1);
  }

  @Test
  void givesUpAtItsTimeLimit() {
    EntraClient impatient =
        new EntraClient(entra.uri(), http, AGENT, Duration.ofMillis(300), CLOCK);
    entra.faults().next(Fault.slow(Duration.ofSeconds(20)));

    PodIdentityException error =
        catchThrowableOfType(
            PodIdentityException.class,
            () -> impatient.withSecret(TENANT, CLIENT, SECRET, RESOURCE));

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(error).hasMessageContaining("HttpTimeoutException");
  }

  @Test
  void anInterruptedThreadGivesUp() {
    Thread.currentThread().interrupt();

    PodIdentityException error = failure(TENANT, CLIENT.value(), SECRET);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
  }

  /** With this setting on, the library asks a host of the public cloud. */
  @Test
  void nobodyButTheAuthorityIsAskedWhateverTheLibraryWantsToDiscover() throws Exception {
    // Under a name that the library has not met yet.
    URI authority = URI.create(entra.uri().toString().replace("127.0.0.1", "localhost"));
    EntraExchange exchange =
        new EntraExchange(
            authority, AGENT, new BoundedCalls(http, Duration.ofSeconds(20), 1024 * 1024));
    ConfidentialClientApplication application =
        ConfidentialClientApplication.builder(
                CLIENT.value(), ClientCredentialFactory.createFromSecret(SECRET))
            .authority(authority + "/" + TENANT + "/")
            .instanceDiscovery(true)
            .httpClient(exchange)
            .build();
    ClientCredentialParameters parameters =
        ClientCredentialParameters.builder(Set.of(RESOURCE + "/.default")).build();

    try {
      application.acquireToken(parameters).get();
    } catch (ExecutionException refused) {
      // Either is fine: it may go on without what it could not discover.
    }

    assertThat(exchange.refused()).isNotEmpty().doesNotContain("localhost");
  }

  /** MSAL4J logs what it does not understand. */
  @ParameterizedTest
  @CsvSource({
    "200, '{\"access_token\":\"hidden\"'",
    "200, '{\"token\":\"hidden\"}'",
    "200, 'hidden'",
    "400, '{\"error\":\"hidden words\"}'",
    "400, '{\"error\":\"invalid_client\",\"error_description\":\"hidden\"}'",
    "400, 'hidden'",
    "500, '<html>hidden</html>'"
  })
  void whatIsNoTokenIsShownNowhere(int status, String body) {
    entra.faults().next(Fault.reply(new Reply(status, Map.of(), body)));

    try (CapturedLog log = new CapturedLog()) {
      PodIdentityException error = failure(TENANT, CLIENT.value(), SECRET);

      assertThat(Failures.everything(error) + log.everything()).doesNotContain("hidden");
    }
  }

  @Test
  void neitherSecretNorTokenNorDescriptionIsShownAnywhere() {
    try (CapturedLog log = new CapturedLog()) {
      client.withSecret(TENANT, CLIENT, SECRET, RESOURCE);
      PodIdentityException error = failure(TENANT, CLIENT.value(), SECRET + "x");

      assertThat(Failures.everything(error) + log.everything())
          .doesNotContain(SECRET)
          .doesNotContain("eyJ")
          .doesNotContain("Invalid client secret provided");
    }
  }

  private PodIdentityException failure(String tenant, String clientId, String secret) {
    PodIdentityException error =
        catchThrowableOfType(
            PodIdentityException.class,
            () -> client.withSecret(tenant, new ClientId(clientId), secret, RESOURCE));
    assertThat(error).isNotNull();
    return error;
  }
}
