package io.podidentity.example.vendor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.EmbedSettings;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.embed.Workloads;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Hold;
import io.podidentity.testkit.http.Reply;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FederatedTokenSourceTest {
  private static final String VAULT = "https://vault.azure.net";

  private final VendorFixture fixture = new VendorFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void brokerKeepsWhatItGetsAndAsksOnce() {
    try (EmbeddedBroker broker = broker(EmbedSettings.defaults())) {
      TokenGrant first = broker.requestBlocking(request(VAULT));
      TokenGrant second = broker.requestBlocking(request(VAULT));

      assertThat(FakeTokens.clientIdOf(first.tokens().get(0).value()))
          .isEqualTo(VendorFixture.CLIENT_ID);
      assertThat(second.tokens()).isEqualTo(first.tokens());
    }
    assertThat(fixture.entra.requests().all()).hasSize(1);
  }

  /** One at once, one that waits, and no more. */
  @Test
  void howOftenTheServiceIsAskedIsTheBrokersAffair() throws Exception {
    FetchLimits one =
        FetchLimits.IMDS
            .withPerSecond(0)
            .withAtOnce(1, 1)
            .withWaiting(1, 1)
            .withLongestWait(Duration.ofSeconds(20))
            .withLongestRest(Duration.ZERO);
    EmbedSettings settings =
        EmbedSettings.defaults()
            .withLimits(Map.of(TokenService.IMDS, one, TokenService.ENTRA, one));
    try (EmbeddedBroker broker = broker(settings);
        Hold hold = fixture.entra.faults().hold(Hold.Point.BEFORE_ANSWER, request -> true)) {
      CompletableFuture<TokenGrant> first = broker.request(request(VAULT));
      hold.awaitArrivals(1, Duration.ofSeconds(20));
      CompletableFuture<TokenGrant> second = broker.request(request("https://other.example"));
      CompletableFuture<TokenGrant> third = broker.request(request("https://third.example"));

      assertThat(third)
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableThat()
          .havingCause()
          .isInstanceOfSatisfying(
              PodIdentityException.class,
              e -> assertThat(e.reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED));
      assertThat(fixture.entra.requests().all()).hasSize(1);

      hold.release();
      assertThat(first.get(20, TimeUnit.SECONDS).tokens()).hasSize(1);
      assertThat(second.get(20, TimeUnit.SECONDS).tokens()).hasSize(1);
    }
    assertThat(fixture.entra.requests().all()).hasSize(2);
  }

  private EmbeddedBroker broker(EmbedSettings settings) {
    Workloads workloads = new Workloads();
    workloads.put(
        new NamespacedName("default", "job"),
        Set.of(InetAddress.getLoopbackAddress()),
        List.of(VendorFixture.identity("known")));
    return new EmbeddedBroker(
        workloads,
        OperationMode.managed(workloads),
        Exemptions.of(namespace -> List.of()),
        fixture.source(VendorFixture.ISSUER),
        settings.withClock(fixture.clock));
  }

  private static TokenRequest request(String resource) {
    return new TokenRequest(
        new Caller.ByAddress(InetAddress.getLoopbackAddress()), IdentityChoice.ANY, resource);
  }

  @Test
  void issuerThatEntraDoesNotTrustIsRefused() {
    PodIdentityException refusal = refusal(fixture.source("https://other.example.com"));

    assertThat(refusal.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(refusal).hasMessageContaining("AADSTS70021");
  }

  @Test
  void waitThatEntraAsksForIsTold() {
    fixture.entra.throttle(1, Duration.ofSeconds(7));

    PodIdentityException refusal = refusal(fixture.source(VendorFixture.ISSUER));

    assertThat(refusal.reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED);
    assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(7));
  }

  @Test
  void brokenAnswerIsAnOutageAndShowsNothingOfItself() {
    fixture.entra.faults().next(1, Fault.of(Fault.Kind.GARBAGE));

    PodIdentityException refusal = refusal(fixture.source(VendorFixture.ISSUER));

    assertThat(refusal.reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(refusal).hasMessage("no JSON from Entra ID for default/known").hasNoCause();
  }

  /** A proxy's or gateway's page. */
  @ParameterizedTest
  @CsvSource({"502, TOKEN_UNAVAILABLE", "429, TOKEN_THROTTLED", "403, TOKEN_REFUSED"})
  void statusCountsBeforeTheBody(int status, ErrorReason reason) {
    fixture.entra.faults().next(1, Fault.reply(Reply.text(status, "<html>page</html>")));

    PodIdentityException refusal = refusal(fixture.source(VendorFixture.ISSUER));

    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal).hasMessageEndingWith("default/known: status " + status).hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"access_token\":\"t\"}",
        "{\"expires_in\":60}",
        "[]",
        "{\"access_token\":\"t\",\"expires_in\":9223372036854775807}",
        "{\"access_token\":\"t\",\"expires_in\":90000000000000}",
        "{\"access_token\":\"t\",\"expires_in\":-9223372036854775808}"
      })
  void answerWithoutATokenOrItsEndIsAnOutage(String body) {
    fixture.entra.faults().next(1, Fault.reply(Reply.text(200, body)));

    assertThat(refusal(fixture.source(VendorFixture.ISSUER)).reason())
        .isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
  }

  @Test
  void hostHasNoIdentityOfItsOwn() {
    TokenQuery query = new TokenQuery(new TokenQuery.OfNode(IdentityChoice.ANY), VAULT);

    assertThat(
            catchThrowableOfType(
                    PodIdentityException.class,
                    () -> fixture.source(VendorFixture.ISSUER).fetch(query))
                .reason())
        .isEqualTo(ErrorReason.IDENTITY_INVALID);
  }

  private static PodIdentityException refusal(FederatedTokenSource source) {
    TokenQuery query = new TokenQuery(new TokenQuery.Bound(VendorFixture.identity("known")), VAULT);
    return catchThrowableOfType(PodIdentityException.class, () -> source.fetch(query));
  }
}
