package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.RESOURCE;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.nmi.TestNmi.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a pod sees, to the byte. Unless it says otherwise, statuses, headers, bodies and the order
 * of checks are those of msiHandler in pkg/nmi/server/server.go of AAD Pod Identity v1.8.17.
 */
class TokenEndpointTest {
  private static final String POD = "127.0.0.2";
  private static final String STRANGER = "127.0.0.9";

  private TestNmi nmi = new TestNmi();

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  @Test
  void boundPodGetsItsIdentitysToken() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    Received reply = ask(POD, TOKEN);

    assertThat(reply.status()).isEqualTo(200);
    // The sample of https://github.com/Azure/aad-pod-identity/issues/716, with another token.
    assertThat(reply.body())
        .isEqualTo(
            "{\"access_token\":\"token-of-one\",\"refresh_token\":\"\",\"expires_in\":\"86399\","
                + "\"expires_on\":\"1595979276\",\"not_before\":\"1595892576\","
                + "\"resource\":\"https://management.azure.com/\",\"token_type\":\"Bearer\"}");
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(reply.body().length()));
    assertThat(reply.headers()).containsOnlyKeys("Content-Type", "Content-Length", "Date");
  }

  // There: an array where the identity names auxiliary tenants, the primary one first.
  @Test
  void severalTokensAreAnArray() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.severalTokens(
        query -> List.of(TestNmi.token("primary", query), TestNmi.token("auxiliary", query)));

    Received reply = ask(POD, TOKEN);

    String rest =
        "\",\"refresh_token\":\"\",\"expires_in\":\"86399\",\"expires_on\":\"1595979276\","
            + "\"not_before\":\"1595892576\",\"resource\":\"https://management.azure.com/\","
            + "\"token_type\":\"Bearer\"}";
    assertThat(reply.body())
        .isEqualTo(
            "[{\"access_token\":\"primary%1$s,{\"access_token\":\"auxiliary%1$s]".formatted(rest));
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(reply.body().length()));
  }

  @Test
  void secondTokenComesFromTheCacheAndCountsItsSecondsAnew() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    RawHttp connection = nmi.from(POD);
    assertThat(connection.get(TOKEN, METADATA).read().status()).isEqualTo(200);
    nmi.clock.advance(Duration.ofSeconds(99));

    Received reply = connection.get(TOKEN, METADATA).read();

    assertThat(reply.body()).contains("\"expires_in\":\"86300\"", "\"expires_on\":\"1595979276\"");
    assertThat(nmi.fetched).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "OPTIONS"})
  void anyMethodIsServed(String method) throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(nmi.from(POD).send(method, TOKEN, METADATA, "Content-Length: 0").read().status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Metadata: True", "Metadata: TRUE", "Metadata: false", "Metadata:"})
  void withoutTheExactHeaderTheAnswerIsJsonAndComesBeforeAnyLookUp(String header)
      throws IOException {
    RawHttp connection = nmi.from(STRANGER);

    // Neither the pod nor the resource is known: the header comes first.
    Received reply =
        (header.isEmpty()
                ? connection.get("/metadata/identity/oauth2/token")
                : connection.get("/metadata/identity/oauth2/token", header))
            .read();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body())
        .isEqualTo(
            "{\"error\":\"invalid_request\","
                + "\"error_description\":\"Required metadata header not specified\"}\n");
    assertThat(reply.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("metadata-header-missing");
    assertThat(nmi.timer.pending()).as("waits").isZero();
  }

  @Test
  void headerNameIsComparedIgnoringCase() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(nmi.from(POD).get(TOKEN, "metadata: true").read().status()).isEqualTo(200);
  }

  @Test
  void headerIsNotNeededWhereTheFlagSaysSo() throws IOException {
    restart(Settings.DEFAULT.withoutHeader());
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(nmi.from(POD).get(TOKEN).read().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata/identity/oauth2/token",
        "/metadata/identity/oauth2/token?resource=",
        "/metadata/identity/oauth2/token?api-version=2018-02-01",
        "/metadata/identity/oauth2/token?Resource=x",
      })
  void withoutAResourceItIsRefusedBeforeThePodIsLookedUp(String target) throws IOException {
    refused(ask(STRANGER, target), 400, "invalid-request", "parameter resource cannot be empty\n");
  }

  // IMDS refuses them: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
  // v1 takes the first.
  @ParameterizedTest
  @ValueSource(
      strings = {
        TOKEN + "&" + RESOURCE,
        TOKEN + "&resource=other",
        TOKEN + "&client_id=a&client_id=b",
        TOKEN + "&client_id=%c3",
      })
  void doubtfulQueryIsRefused(String target) throws IOException {
    Received reply = ask(STRANGER, target);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("invalid-request");
    assertThat(reply.body()).contains("query");
  }

  // Undertow's parser knows no option for it, and no handler is called. v1 ignores the parameter.
  @ParameterizedTest
  @ValueSource(strings = {"&client_id=%zz", "&%zz=x", "&x=%", "&x=%2"})
  void escapeThatIsNoneIsRefusedBeforeTheQueryIsRead(String doubtful) throws IOException {
    Received reply = ask(POD, TOKEN + doubtful);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("X-Pod-Identity-Error")).isEmpty();
    assertThat(reply.body()).isEmpty();
    assertThat(ask(STRANGER, TOKEN + "&object_id=x").status()).isEqualTo(400);
    Eventually.isTrue("that is logged", () -> !nmi.accessLog.isEmpty());
    assertThat(nmi.accessLog).singleElement().asString().contains("object_id");
  }

  // v1 ignores it and answers for any of the pod's identities.
  @Test
  void objectIdIsRefusedRatherThanIgnored() throws IOException {
    refused(
        ask(STRANGER, TOKEN + "&object_id=x"),
        400,
        "invalid-request",
        "parameter object_id cannot be honoured: name the identity by client_id or msi_res_id\n");
  }

  // IMDS refuses X-Forwarded-For; v1 looks at neither.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 127.0.0.3",
        "x-forwarded-for:",
        "Via: 1.1 squid",
        "Forwarded: for=127.0.0.3"
      })
  void requestThroughAProxyIsRefused(String header) throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    Received reply = nmi.from(POD).get(TOKEN, METADATA, header).read();

    refused(reply, 400, "forwarded");
    assertThat(nmi.fetched).isEmpty();
  }

  @Test
  void addressOfNoPodIsRefusedWhenItsHoldEnds() throws IOException {
    RawHttp connection = nmi.from(STRANGER).get(TOKEN, METADATA);
    nmi.awaitSearching();
    nmi.timer.advance(Duration.ofMillis(1200));

    Received reply = connection.read();

    refused(reply, 500, "pod-not-found");
    assertThat(reply.body()).contains(STRANGER);
  }

  @Test
  void addressOfTwoRunningPodsIsRefusedWhenItsHoldEnds() throws IOException {
    nmi.pod("web", POD);
    nmi.pod("other", POD);
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA);
    nmi.awaitSearching();
    nmi.timer.advance(Duration.ofMillis(1200));

    refused(connection.read(), 500, "pod-ambiguous");
  }

  @Test
  void podWithoutTheLabelIsRefusedAtOnce() throws IOException {
    nmi.pod("web", POD, Map.of());

    Received reply = ask(POD, TOKEN);

    refused(reply, 404, "pod-not-bound");
    assertThat(reply.body()).contains("default/web").endsWith("\n");
    assertThat(reply.headers()).doesNotContainKey("Retry-After");
  }

  @Test
  void podWithoutTheLabelIs503AndRetryAfterByFlag() throws IOException {
    restart(Settings.DEFAULT.withRetryAfter());
    nmi.pod("web", POD, Map.of());

    Received reply = ask(POD, TOKEN);

    refused(reply, 503, "pod-not-bound");
    assertThat(reply.header("Retry-After")).isEqualTo("20");
  }

  @Test
  void refusedTokenIs403() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.tokensFail(new PodIdentityException(ErrorReason.TOKEN_REFUSED, "Entra refused it"));

    refused(ask(POD, TOKEN), 403, "token-refused", "Entra refused it\n");
  }

  @Test
  void unavailableTokenIs503AndSaysWhenToRetryIfThatIsKnown() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.tokensFail(
        new PodIdentityException(
            ErrorReason.TOKEN_UNAVAILABLE, "IMDS throttled it", Duration.ofSeconds(7), null));

    Received reply = ask(POD, TOKEN);

    refused(reply, 503, "token-unavailable", "IMDS throttled it\n");
    assertThat(reply.header("Retry-After")).isEqualTo("7");
  }

  // v1: unsupported identity type N.
  @Test
  void identityOfATypeThatIsNotServedIs503() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.tokensFail(new PodIdentityException(ErrorReason.IDENTITY_INVALID, "not a type 0"));

    refused(ask(POD, TOKEN), 503, "identity-invalid", "not a type 0\n");
  }

  @Test
  void aDefectIs500AndTellsTheClientNothing() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.tokens(
        query -> {
          throw new IllegalStateException("secret detail");
        });

    refused(ask(POD, TOKEN), 500, "internal-error", "internal error; NMI's log says more\n");
  }

  @ParameterizedTest
  @CsvSource({
    "client_id=7eb61ab4-0000-0000-0000-two, two",
    "client_id=7EB61AB4-0000-0000-0000-TWO, two",
    "client_id=, one",
  })
  void clientIdChoosesInAnyLetterCase(String parameter, String identity) throws IOException {
    Pod pod = nmi.pod("web", POD);
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.record(pod, TestNmi.identity("two"), AssignmentState.ASSIGNED);

    assertThat(ask(POD, TOKEN + "&" + parameter).body())
        .contains("\"access_token\":\"token-of-" + identity + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "msi_res_id, two, mi_res_id, one, two",
    "mi_res_id, two, msi_res_id, '', two",
    "mi_res_id, two, api-version, 1, two",
  })
  void resourceIdChoosesAndMsiResIdComesFirst(
      String name, String value, String otherName, String otherValue, String identity)
      throws IOException {
    Pod pod = nmi.pod("web", POD);
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.record(pod, TestNmi.identity("two"), AssignmentState.ASSIGNED);
    String query = "&" + name + "=" + TestNmi.resourceId(value).lowerCase();
    String other =
        otherName.endsWith("res_id") && !otherValue.isEmpty()
            ? TestNmi.resourceId(otherValue).value()
            : otherValue;

    String target = "/metadata/identity/oauth2/token?" + RESOURCE + query;

    assertThat(ask(POD, target + "&" + otherName + "=" + other).body())
        .contains("\"access_token\":\"token-of-" + identity + "\"");
  }

  // v1 picks by the client ID and only warns about the other.
  @Test
  void clientIdAndResourceIdMustNameTheSameIdentity() throws IOException {
    Pod pod = nmi.pod("web", POD);
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.record(pod, TestNmi.identity("two"), AssignmentState.ASSIGNED);
    String client = "&client_id=" + TestNmi.clientId("one").value();

    assertThat(
            ask(POD, TOKEN + client + "&msi_res_id=" + TestNmi.resourceId("one").value()).status())
        .isEqualTo(200);
    // The cache's own: for the refresh and the end of the token, and for the budget.
    awaitWaiting(3);
    RawHttp mixed =
        nmi.from(POD)
            .get(TOKEN + client + "&msi_res_id=" + TestNmi.resourceId("two").value(), METADATA);
    awaitWaiting(3 + 2);
    nmi.timer.advance(Duration.ofSeconds(80));
    refused(mixed.read(), 404, "identity-not-allowed");
  }

  @Test
  void exemptPodGetsTheNodesTokenForWhatItNames() throws IOException {
    nmi.pod("agent", POD, Map.of("app", "agent"));
    nmi.cluster.putExemption(
        new PodExemption(new NamespacedName("default", "e"), Map.of("app", "AGENT")));

    assertThat(ask(POD, TOKEN + "&client_id=12345678-9999").body())
        .contains("\"access_token\":\"token-of-node:client ID 1234##### REDACTED #####9999\"");
  }

  /** v1 answers 403 whatever it is; SDKs take that for final. */
  @ParameterizedTest
  @CsvSource({
    "TOKEN_REFUSED, 403, token-refused, ''",
    "TOKEN_UNAVAILABLE, 503, token-unavailable, 7",
    "TOKEN_THROTTLED, 503, token-throttled, 7",
  })
  void exemptPodsFailureIs503WhereItMayHeal(
      ErrorReason reason, int status, String cause, String retryAfter) throws IOException {
    nmi.pod("agent", POD, Map.of("app", "agent"));
    nmi.cluster.putExemption(
        new PodExemption(new NamespacedName("default", "e"), Map.of("app", "agent")));
    Duration again = retryAfter.isEmpty() ? null : Duration.ofSeconds(7);
    nmi.tokensFail(new PodIdentityException(reason, "no token", again, null));

    Received reply = ask(POD, TOKEN);

    refused(reply, status, cause);
    assertThat(reply.header("Retry-After")).isEqualTo(retryAfter);
    assertThat(nmi.fetched)
        .singleElement()
        .satisfies(query -> assertThat(query.subject()).isInstanceOf(TokenQuery.OfNode.class));
  }

  @Test
  void tokenIsEscapedAndNothingElseOfTheQueryReachesTheSource() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.tokens(
        query ->
            new AccessToken("a\"b", TestNmi.NOW.plusSeconds(9999), TestNmi.NOW, query.resource()));

    Received reply = ask(POD, "/metadata/identity/oauth2/token?bypass_cache=true&resource=a%26b");

    assertThat(reply.body()).contains("\"access_token\":\"a\\\"b\"", "\"resource\":\"a\\u0026b\"");
    assertThat(nmi.fetched).singleElement().extracting("resource").isEqualTo("a&b");
  }

  // v1 cannot: it cuts the address at its first colon, and answers 500 as well.
  @Test
  void ipv6SourceIsRefused() throws IOException {
    restart(Settings.DEFAULT.listeningOn("::"));
    try (RawHttp http =
        RawHttp.connect("::1", new InetSocketAddress(TestNmi.inet("::1"), nmi.port()))) {
      refused(
          http.get(TOKEN, METADATA).read(),
          500,
          "pod-not-found",
          "request remote address is empty\n");
    }
  }

  @Test
  void ipv4SourceIsKnownOnASocketOfBothFamilies() throws IOException {
    restart(Settings.DEFAULT.listeningOn("::"));
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(ask(POD, TOKEN).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata\\identity\\oauth2\\token",
        "/metadata%5cidentity%5coauth2%5ctoken",
        "/metadata%255cidentity/oauth2/token",
        "/metadata/identity/OAuth2/token",
        "/metadata/x/../identity/oauth2/token",
        "/metadata/identity;/oauth2/token",
        "/x/metadata/identity/foo/oauth2/bar/token",
      })
  void otherSpellingsOfTheEndpointAreRefusedBeforeTheHeaderIsLookedAt(String path)
      throws IOException {
    refused(
        nmi.from(POD).get(path + "?" + RESOURCE).read(), 400, "path-refused", "Invalid request\n");
  }

  // Go's HTTP server, below v1, refuses these; so does RFC 9112, section 3.2.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET %s HTTP/1.1\r\nMetadata: true\r\n\r\n",
        "GET %s HTTP/1.1\r\nHost: a\r\nHost: b\r\nMetadata: true\r\n\r\n",
        "GET %s HTTP/1.1\r\nHost: a\r\nMetadata: true\r\nhost: a\r\n\r\n",
        "GET %s HTTP/1.0\r\nHost: a\r\nMetadata: true\r\nhost: a\r\n\r\n",
      })
  void withoutExactlyOneHostItIsRefusedAndTheConnectionEnds(String request) throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    RawHttp connection = nmi.from(POD).write(request.formatted(TOKEN));

    assertThat(connection.read().status()).isEqualTo(400);
    assertThat(connection.isAtEnd()).isTrue();
    assertThat(nmi.fetched).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET %s HTTP/1.1\r\nHost:\r\nMetadata: true\r\n\r\n",
        "GET %s HTTP/1.0\r\nMetadata: true\r\n\r\n",
        "GET http://169.254.169.254%s HTTP/1.1\r\nHost: a\r\nMetadata: true\r\n\r\n",
      })
  void otherwiseItIsNotLookedAtWhatHostItIs(String request) throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(nmi.from(POD).write(request.formatted(TOKEN)).read().status()).isEqualTo(200);
  }

  // MSAL4J sends this one; v1 redirects it.
  @Test
  void doubledSlashIsServedAtOnce() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(ask(POD, "/" + TOKEN).status()).isEqualTo(200);
  }

  private Received ask(String source, String target) throws IOException {
    return nmi.from(source).get(target, METADATA).read();
  }

  private void restart(Settings settings) throws IOException {
    nmi.close();
    nmi = new TestNmi(settings);
  }

  private void awaitWaiting(int alarms) {
    Eventually.isTrue("a request waits", () -> nmi.timer.pending() == alarms);
  }

  /** In the form of Go's http.Error. */
  private static void refused(Received reply, int status, String code) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo(code);
    assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(reply.body()).endsWith("\n");
  }

  private static void refused(Received reply, int status, String code, String body) {
    refused(reply, status, code);
    assertThat(reply.body()).isEqualTo(body);
  }
}
