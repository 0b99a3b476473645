package io.podidentity.azure.imds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.azure.Failures;
import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.IdentityBlock;
import io.podidentity.testkit.azure.SystemAssignedIdentity;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImdsTokenSourceTest {
  private static final String RESOURCE = "https://management.azure.com/";
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITY =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/id1";

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final FakeAzure azure = new FakeAzure(clock);
  private final UserAssignedIdentity identity = azure.createIdentity(IDENTITY);
  private final FakeImds imds = start();
  private final ImdsTokenSource source = source(Duration.ofSeconds(10));

  private FakeImds start() {
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, identity);
    return FakeImds.startFor(azure, MACHINE);
  }

  private ImdsTokenSource source(Duration timeout) {
    return new ImdsTokenSource(imds.uri(), timeout, "test-agent", clock);
  }

  @AfterEach
  void stop() {
    imds.close();
  }

  @Test
  void getsTheTokenOfAUserAssignedIdentity() {
    List<AccessToken> tokens = source.fetch(bound(identity.clientId()));

    assertThat(tokens).hasSize(1);
    AccessToken token = tokens.get(0);
    assertThat(token.value()).isNotEmpty();
    assertThat(token.resource()).isEqualTo(RESOURCE);
    assertThat(token.expiresOn()).isEqualTo(clock.instant().plus(Duration.ofHours(24)));
    assertThat(token.notBefore()).isBeforeOrEqualTo(clock.instant());
  }

  @Test
  void makesTheRequestAnewAndSendsNothingElse() {
    source.fetch(bound(identity.clientId()));

    RecordedRequest request = imds.requests().all().get(0);
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.path()).isEqualTo("/metadata/identity/oauth2/token");
    assertThat(request.query())
        .isEqualTo(
            "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F&client_id="
                + identity.clientId());
    assertThat(request.headers().keySet())
        .containsExactlyInAnyOrder("host", "metadata", "user-agent", "content-length");
    assertThat(request.header("Metadata")).hasValue("true");
    assertThat(request.header("User-Agent")).hasValue("test-agent");
  }

  @Test
  void aResourceWithOddCharactersArrivesAsItIs() {
    String odd = "api://a b+c&client_id=evil#|\u00e9";

    assertThat(source.fetch(new TokenQuery(subject(identity.clientId()), odd)).get(0).resource())
        .isEqualTo(odd);
    assertThat(imds.requests().all().get(0).queryParameters().get("client_id"))
        .containsExactly(identity.clientId());
  }

  /** To the service they exclude each other; v1 sends the client ID alone. */
  @Test
  void whoNamesAClientIdAndAResourceIdIsAskedForByTheClientId() {
    IdentityChoice both = new IdentityChoice(new ClientId(identity.clientId()), IDENTITY);

    assertThat(source.fetch(ofNode(both))).hasSize(1);

    assertThat(imds.requests().all().get(0).queryParameters())
        .containsOnlyKeys("api-version", "resource", "client_id");
  }

  @Test
  void asksForTheNodesDefaultIdentityWithoutNamingOne() {
    azure.change(
        MACHINE,
        compute ->
            compute.withIdentity(IdentityBlock.NONE.withSystem(SystemAssignedIdentity.create())));

    source.fetch(ofNode(IdentityChoice.ANY));

    assertThat(imds.requests().all().get(0).queryParameters())
        .containsOnlyKeys("api-version", "resource");
  }

  @Test
  void asksForTheNodesIdentityThatWasChosen() {
    source.fetch(ofNode(new IdentityChoice(new ClientId(identity.clientId()), null)));
    source.fetch(ofNode(new IdentityChoice(null, IDENTITY)));

    List<RecordedRequest> requests = imds.requests().all();
    assertThat(requests.get(0).queryParameter("client_id")).hasValue(identity.clientId());
    assertThat(requests.get(1).queryParameter("msi_res_id")).hasValue(IDENTITY);
    assertThat(requests.get(1).queryParameter("client_id")).isEmpty();
  }

  // https://github.com/Azure/aad-pod-identity/issues/778: 400 invalid_request, "Identity not
  // found".
  @Test
  void anIdentityThatIsNotThereMayComeForFiveMinutes() {
    TokenQuery query = bound("00000000-0000-4000-8000-000000000000");
    PodIdentityException atOnce = failure(query);
    clock.advance(Duration.ofSeconds(299));
    PodIdentityException later = failure(query);
    clock.advance(Duration.ofSeconds(1));
    PodIdentityException tooLate = failure(query);

    assertThat(atOnce.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(atOnce.retryAfter()).hasValue(Duration.ofSeconds(5));
    assertThat(atOnce)
        .hasMessageContaining("AzureIdentity default/demo")
        .hasMessageContaining("MIC");
    assertThat(later.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(tooLate.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(tooLate.retryAfter()).isEmpty();
  }

  @Test
  void anIdentityThatWasThereMayComeBackForFiveMinutesMore() {
    TokenQuery query = bound(identity.clientId());
    azure.detach(MACHINE, IDENTITY);
    failure(query);
    clock.advance(Duration.ofMinutes(4));
    azure.attach(MACHINE, identity);
    source.fetch(query);
    azure.detach(MACHINE, IDENTITY);
    clock.advance(Duration.ofMinutes(4));

    assertThat(failure(query).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
  }

  @Test
  void anIdentityThatNobodyAskedForInAWhileMayHaveBeenThere() {
    TokenQuery query = bound("00000000-0000-4000-8000-000000000000");
    failure(query);
    clock.advance(Duration.ofMinutes(5).plusSeconds(1));

    assertThat(failure(query).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
  }

  @Test
  void theTimeOfAnotherObjectWithTheSameClientIdIsItsOwn() {
    TokenQuery query = bound("00000000-0000-4000-8000-000000000000");
    failure(query);
    clock.advance(Duration.ofMinutes(3));
    failure(query);
    clock.advance(Duration.ofMinutes(3));
    AzureIdentity known = ((TokenQuery.Bound) query.subject()).identity();
    AzureIdentity edited =
        new AzureIdentity(known.name(), known.uid(), 2, false, known.credential());

    assertThat(failure(query).reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(failure(new TokenQuery(new TokenQuery.Bound(edited), RESOURCE)).reason())
        .isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
  }

  @Test
  void nobodyIsAboutToAssignAnIdentityForAnExemptPod() {
    ClientId nobody = new ClientId("00000000-0000-4000-8000-000000000000");

    assertThat(failure(ofNode(new IdentityChoice(nobody, null))).reason())
        .isEqualTo(ErrorReason.TOKEN_REFUSED);
  }

  /**
   * Bodies: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources
   * /how-to-use-vm-token, "Error handling".
   */
  @ParameterizedTest
  @CsvSource({
    "400, invalid_resource, TOKEN_REFUSED",
    "400, bad_request_102, TOKEN_REFUSED",
    "401, unknown_source, TOKEN_REFUSED",
    "401, unauthorized_client, TOKEN_REFUSED",
    "403, access_denied, TOKEN_REFUSED",
    "405, method_not_allowed, TOKEN_REFUSED",
    "404, not_found, TOKEN_UNAVAILABLE",
    "408, timeout, TOKEN_UNAVAILABLE",
    "410, gone, TOKEN_UNAVAILABLE",
    "429, too_many, TOKEN_THROTTLED",
    "500, unknown, TOKEN_UNAVAILABLE",
    "503, unavailable, TOKEN_UNAVAILABLE",
    "302, found, TOKEN_UNAVAILABLE"
  })
  void theStatusDecidesWhetherAskingAgainMayHelp(int status, String word, ErrorReason reason) {
    imds.faults()
        .next(
            Fault.reply(
                Reply.json(
                        status, Map.of("error", word, "error_description", "AADSTS: hidden words"))
                    .with("Location", imds.uri() + "/elsewhere")));

    PodIdentityException error = failure(bound(identity.clientId()));

    assertThat(error.reason()).isEqualTo(reason);
    assertThat(error).hasMessageContaining(status + " (" + word + ")");
    assertThat(Failures.everything(error)).doesNotContain("hidden words");
    assertThat(imds.requests().all()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Not A Word", "<b>", "", "a\nb"})
  void anErrorThatIsNoPlainWordIsNotShown(String word) {
    imds.faults().next(Fault.reply(Reply.json(400, Map.of("error", word))));

    assertThat(failure(bound(identity.clientId()))).hasMessageContaining("answered 400;");
  }

  @ParameterizedTest
  @CsvSource({"429, 7, 7", "410, 30, 30", "410, 300, 70", "503, 300, 300"})
  void passesOnHowLongToWait(int status, String header, long seconds) {
    imds.faults().next(Fault.reply(Reply.empty(status).with("Retry-After", header)));

    assertThat(failure(bound(identity.clientId())).retryAfter())
        .hasValue(Duration.ofSeconds(seconds));
  }

  @Test
  void readsADateToWaitForByTheAnswersOwnClock() {
    imds.faults()
        .next(Fault.reply(Reply.empty(429).with("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT")));

    // The server stamps its answers by the real clock; a day is the most that is believed.
    assertThat(failure(bound(identity.clientId())).retryAfter()).hasValue(Duration.ofDays(1));
  }

  @Test
  void saysNothingOfWaitingWhereTheServiceDoesNot() {
    imds.faults().next(Fault.status(410));

    assertThat(failure(bound(identity.clientId())).retryAfter()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HANG_UP", "HANG_UP_AFTERWARDS", "TRUNCATED", "GARBAGE"})
  void anAnswerThatIsNoneMayBeOneNextTime(Fault.Kind kind) {
    // The JDK's client asks once more by itself if a connection ends before the answer.
    imds.faults().next(10, Fault.of(kind));

    PodIdentityException error = failure(bound(identity.clientId()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(Failures.everything(error)).doesNotContain("eyJ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"access_token\":\"\",\"expires_on\":\"1\"}",
        "{\"access_token\":\"hidden\"}",
        "{\"access_token\":\"hidden\",\"expires_on\":\"soon\"}",
        "{\"access_token\":\"hidden\",\"expires_on\":\"99999999999999999\"}",
        "{\"access_token\":{\"a\":1},\"expires_on\":\"1\"}"
      })
  void a200WithoutATokenIsNoToken(String body) {
    imds.faults().next(Fault.reply(new Reply(200, Map.of(), body)));

    PodIdentityException error = failure(bound(identity.clientId()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(Failures.everything(error)).doesNotContain("hidden");
  }

  @Test
  void nestingWithoutEndIsNoToken() {
    imds.faults().next(Fault.reply(new Reply(200, Map.of(), "{\"a\":" + "[".repeat(60_000))));

    assertThat(failure(bound(identity.clientId())).reason())
        .isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
  }

  /** The sample of AAD Pod Identity #716, whose values are all strings. */
  @Test
  void readsTheDocumentedAnswer() {
    imds.faults()
        .next(
            Fault.reply(
                new Reply(
                    200,
                    Map.of(),
                    """
                    {"access_token":"t","refresh_token":"","expires_in":"86399",\
                    "expires_on":"1595979276","not_before":"1595892576",\
                    "resource":"https://management.azure.com/","token_type":"Bearer"}""")));

    assertThat(source.fetch(bound(identity.clientId())))
        .containsExactly(
            new AccessToken(
                "t",
                Instant.ofEpochSecond(1595979276),
                Instant.ofEpochSecond(1595892576),
                "https://management.azure.com/"));
  }

  @Test
  void anAnswerThatIsTooLongIsNotReadToItsEnd() {
    imds.faults()
        .next(Fault.reply(new Reply(200, Map.of(), "{\"a\":\"" + "x".repeat(70_000) + "\"}")));

    PodIdentityException error = failure(bound(identity.clientId()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(error.getCause()).hasMessageContaining("longer than 65536 bytes");
  }

  @Test
  void givesUpAtItsTimeLimit() {
    ImdsTokenSource impatient = source(Duration.ofMillis(200));
    imds.faults().next(Fault.slow(Duration.ofSeconds(20)));

    PodIdentityException error =
        catchThrowableOfType(
            PodIdentityException.class, () -> impatient.fetch(bound(identity.clientId())));

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(error).hasMessageContaining(imds.uri().toString());
  }

  @Test
  void aServiceThatIsNotThereIsNamed() {
    imds.close();

    assertThat(failure(bound(identity.clientId())))
        .hasMessageContaining(imds.uri().toString())
        .hasMessageContaining("does not answer (ConnectException)");
  }

  @Test
  void anInterruptedThreadGivesUp() {
    Thread.currentThread().interrupt();

    PodIdentityException error = failure(bound(identity.clientId()));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
  }

  @Test
  void aServicePrincipalIsRefusedWithoutAskingAnybody() {
    Credential.ServicePrincipal principal =
        new Credential.ServicePrincipal(
            "t", new ClientId("c"), new NamespacedName("default", "secret"), List.of(), null);
    for (Credential credential :
        List.of(
            new Credential.ClientSecret(principal),
            new Credential.ClientCertificate(principal),
            new Credential.Unusable("its type is 7"))) {
      PodIdentityException error =
          failure(new TokenQuery(new TokenQuery.Bound(object(credential)), RESOURCE));

      assertThat(error.reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
      assertThat(error).hasMessageContaining("default/demo");
    }
    assertThat(imds.requests().all()).isEmpty();
  }

  /** What an exempt pod sends is none of ours, and a line break in it would forge a log line. */
  @Test
  void theChoiceOfAnExemptPodIsNotRepeatedInMessages() {
    PodIdentityException error = failure(ofNode(new IdentityChoice(null, "evil\nline")));

    assertThat(error.getMessage()).doesNotContain("evil").doesNotContain("\n");
  }

  @Test
  void neverUsesAProxy() {
    ProxySelector before = ProxySelector.getDefault();
    // Nobody listens there.
    ProxySelector.setDefault(
        ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
    try {
      assertThat(source(Duration.ofSeconds(10)).fetch(bound(identity.clientId()))).hasSize(1);
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void aSharedClientMustNotHaveAProxyNorFollowRedirects() {
    URI base = imds.uri();
    Duration limit = Duration.ofSeconds(1);
    HttpClient proxied = HttpClient.newHttpClient();
    HttpClient following =
        HttpClient.newBuilder()
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .build();

    assertThatThrownBy(() -> new ImdsTokenSource(base, limit, "a", proxied, clock))
        .hasMessageContaining("NO_PROXY");
    assertThatThrownBy(() -> new ImdsTokenSource(base, limit, "a", following, clock))
        .hasMessageContaining("redirects");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254:80",
        "ftp://169.254.169.254",
        "http://169.254.169.254/metadata",
        "http://169.254.169.254/?x",
        "http://user@169.254.169.254"
      })
  void theBaseIsSchemeHostAndPort(String base) {
    assertThatThrownBy(
            () -> new ImdsTokenSource(URI.create(base), Duration.ofSeconds(1), "test-agent", clock))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private PodIdentityException failure(TokenQuery query) {
    PodIdentityException error =
        catchThrowableOfType(PodIdentityException.class, () -> source.fetch(query));
    assertThat(error).isNotNull();
    return error;
  }

  private static TokenQuery bound(String clientId) {
    return new TokenQuery(subject(clientId), RESOURCE);
  }

  private static TokenQuery.Bound subject(String clientId) {
    return new TokenQuery.Bound(
        object(new Credential.ManagedIdentity(new ResourceId(IDENTITY), new ClientId(clientId))));
  }

  private static AzureIdentity object(Credential credential) {
    return new AzureIdentity(new NamespacedName("default", "demo"), "uid", 1, false, credential);
  }

  private static TokenQuery ofNode(IdentityChoice choice) {
    return new TokenQuery(new TokenQuery.OfNode(choice), RESOURCE);
  }
}
