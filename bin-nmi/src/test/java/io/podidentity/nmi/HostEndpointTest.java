package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.nmi.TestNmi.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a node component sees: hostHandler in pkg/nmi/server/server.go of AAD Pod Identity v1.8.17.
 */
class HostEndpointTest {
  private static final String NODE = "127.0.0.1";
  private static final String POD = "127.0.0.2";
  private static final String TARGET = "/host/token/?resource=https://vault.azure.net";
  private static final String[] WEB = {"podname: web", "podns: default"};

  private TestNmi nmi = new TestNmi();

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  @Test
  void nodeGetsThePodsTokenAndClientIdWithoutTheMetadataHeader() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    Received reply = nmi.from(NODE).get(TARGET, WEB).read();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(reply.body())
        .isEqualTo(
            "{\"token\":{\"access_token\":\"token-of-one\",\"refresh_token\":\"\","
                + "\"expires_in\":\"86399\",\"expires_on\":\"1595979276\","
                + "\"not_before\":\"1595892576\",\"resource\":\"https://vault.azure.net\","
                + "\"token_type\":\"Bearer\"},\"clientid\":\"7eb61ab4-0000-0000-0000-one\"}");
  }

  // Also from the pod itself, whose redirected connection keeps the pod's address.
  @ParameterizedTest
  @ValueSource(strings = {POD, "127.0.0.9"})
  void anyOtherSourceIsRefused(String source) throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    Received reply = nmi.from(source).get(TARGET, WEB).read();

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).isEqualTo("request remote address is not from a host\n");
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("not-from-host");
    assertThat(nmi.fetched).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"podname: web", "podns: default", "podname:"})
  void bothHeadersAreNeededAndThatComesBeforeTheSourceIsLookedAt(String header) throws IOException {
    for (String source : List.of(NODE, POD)) {
      Received reply = nmi.from(source).get("/host/token/", header).read();

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.body()).isEqualTo("missing 'podname' and 'podns' from request header\n");
      assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("invalid-request");
    }
  }

  // v1 looks for such a pod; the API server takes none of these.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "podname: we b|podns: default",
        "podname: Web|podns: default",
        "podname: web-|podns: default",
        "podname: web..a|podns: default",
        "podname: x status=200|podns: default",
        "podname: web|podns: de.fault",
        "podname: web|podns: -default",
      })
  void namesThatNoPodCanHaveAreRefused(String headers) throws IOException {
    Received reply = nmi.from(NODE).get(TARGET, headers.split("\\|")).read();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).isEqualTo("invalid 'podname' or 'podns' in request header\n");
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("invalid-request");
  }

  @Test
  void podsNameMayHaveDots() throws IOException {
    nmi.record(nmi.pod("web.0-a", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(nmi.from(NODE).get(TARGET, "podname: web.0-a", "podns: default").read().status())
        .isEqualTo(200);
  }

  @Test
  void sourceComesBeforeTheResource() throws IOException {
    assertThat(nmi.from(POD).get("/host/token/", WEB).read().header("X-Pod-Identity-Error"))
        .isEqualTo("not-from-host");
  }

  @Test
  void resourceComesBeforeThePodIsLookedFor() throws IOException {
    Received reply = nmi.from(NODE).get("/host/token", WEB).read();

    assertThat(reply.body()).isEqualTo("parameter resource cannot be empty\n");
    assertThat(nmi.timer.pending()).as("waits").isZero();
  }

  // v1 takes the first.
  @Test
  void duplicateParameterIsRefused() throws IOException {
    Received reply = nmi.from(NODE).get(TARGET + "&resource=a", WEB).read();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).isEqualTo("a query parameter is given more than once\n");
  }

  // tokens[0] there.
  @Test
  void ofSeveralTokensTheFirstIsGiven() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.severalTokens(
        query -> List.of(TestNmi.token("primary", query), TestNmi.token("auxiliary", query)));

    Received reply = nmi.from(NODE).get(TARGET, WEB).read();

    assertThat(reply.body())
        .startsWith("{\"token\":{\"access_token\":\"primary\",")
        .doesNotContain("auxiliary");
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(reply.body().length()));
  }

  @Test
  void resourceIsNeeded() throws IOException {
    Received reply = nmi.from(NODE).get("/host/token/", WEB).read();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).isEqualTo("parameter resource cannot be empty\n");
  }

  @Test
  void podThatTheNodeHasNotHeardOfYetIsWaitedFor() throws IOException {
    RawHttp connection = nmi.from(NODE).get(TARGET, WEB);
    nmi.awaitSearching();

    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(connection.read().status()).isEqualTo(200);
  }

  @Test
  void podThatTheNodeDoesNotHaveIs404() throws IOException {
    RawHttp connection = nmi.from(NODE).get(TARGET, WEB);
    nmi.awaitSearching();
    nmi.timer.advance(TestNmi.HOLDS.untilPodIsKnown());

    Received reply = connection.read();

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("pod-not-found");
    assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void missingIdentityIs404WithoutRetryAfterEvenByFlag() throws IOException {
    nmi.close();
    nmi = new TestNmi(Settings.DEFAULT.withRetryAfter());
    nmi.pod("web", POD);
    RawHttp connection = nmi.from(NODE).get(TARGET, WEB);
    Eventually.isTrue("the request waits", () -> nmi.timer.pending() == 2);
    nmi.timer.advance(Duration.ofSeconds(80));

    Received reply = connection.read();

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("identity-not-bound");
    assertThat(reply.headers()).doesNotContainKey("Retry-After");
  }

  @Test
  void exemptionsDoNotCount() throws IOException {
    nmi.pod("web", POD, Map.of("app", "agent"));
    nmi.cluster.putExemption(
        new PodExemption(new NamespacedName("default", "e"), Map.of("app", "agent")));

    assertThat(nmi.from(NODE).get(TARGET, WEB).read().status()).isEqualTo(404);
    assertThat(nmi.fetched).isEmpty();
  }

  @Test
  void refusedTokenIs403AndUnavailableOneIs503() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.tokensFail(new PodIdentityException(ErrorReason.TOKEN_REFUSED, "refused"));
    assertThat(nmi.from(NODE).get(TARGET, WEB).read().status()).isEqualTo(403);

    // A refusal is remembered for a while.
    nmi.timer.advance(Duration.ofSeconds(30));
    nmi.tokensFail(new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "not now"));
    assertThat(nmi.from(NODE).get(TARGET, WEB).read().status()).isEqualTo(503);
  }

  // Not in v1.
  @Test
  void switchedOffItIsRefusedWhoeverAsks() throws IOException {
    nmi.close();
    nmi = new TestNmi(Settings.DEFAULT.withoutHostToken());
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    for (String source : List.of(NODE, POD)) {
      Received reply = nmi.from(source).get(TARGET, WEB).read();

      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("host-token-disabled");
      assertThat(reply.body()).isEqualTo("/host/token is switched off on this node\n");
    }
    assertThat(nmi.fetched).isEmpty();
  }

  @Test
  void requestThroughAProxyIsRefused() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    Received reply =
        nmi.from(NODE)
            .get(TARGET, METADATA, "podname: web", "podns: default", "X-Forwarded-For: 10.0.0.1")
            .read();

    assertThat(reply.status()).isEqualTo(400);
  }
}
