package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.TestHttp;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Limits, latency and lifetimes through the control endpoint, as a program in any language sets
 * them.
 */
class ControlLimitsTest {
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com";
  private static final String BUCKET = "{\"size\": 1, \"perSecond\": 0.001}";

  private final SimulatedAzure simulated =
      SimulatedAzure.start(
          SimulatedAzureOptions.defaults()
              .withControl(Loopback.anyPort())
              .withImdsCompute(Ids.VM)
              // Stands still: all requests are of one second.
              .withClock(MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"))));
  private final TestHttp http = TestHttp.plain();

  ControlLimitsTest() {
    simulated.azure().createCompute(Ids.VM);
    simulated.azure().attach(Ids.VM, simulated.azure().createIdentity(Ids.identity("one")));
  }

  @AfterEach
  void stop() {
    simulated.close();
  }

  @Test
  void metadataServiceServesSoMuchAndNoMoreUntilToldOtherwise() throws IOException {
    control(
        "PUT",
        "/limits/imds",
        "{\"tokensPerSecond\": 1, \"tokensAtOnce\": 1, \"othersPerSecond\": 1}");
    assertThat(token().statusCode()).isEqualTo(200);
    assertThat(token().statusCode()).isEqualTo(429);

    control("DELETE", "/limits/imds", "");
    assertThat(token().statusCode()).isEqualTo(200);
    assertThat(token().statusCode()).isEqualTo(200);
  }

  @Test
  void documentedLimitsNeedNotBeWrittenOut() throws IOException {
    control("PUT", "/limits/imds", "");

    int served = 0;
    while (token().statusCode() == 200 && served < 200) {
      served++;
    }

    assertThat(served).isEqualTo(20);
  }

  @Test
  void resourceManagerHasLimitsToo() throws IOException {
    control(
        "PUT",
        "/limits/arm",
        ("{\"resourceWrites\": %1$s, \"resourceReads\": %1$s, \"computeWrites\": %1$s,"
                + " \"computeReads\": %1$s, \"principalWrites\": %1$s, \"principalReads\": %1$s}")
            .formatted(BUCKET));
    String token = TestHttp.json(token()).path("access_token").asString();
    TestHttp trusting = TestHttp.trusting(simulated.certificates().clientContext());
    String url = simulated.arm().uri() + Ids.VM + "?api-version=2024-07-01";

    assertThat(trusting.get(url, "Authorization", "Bearer " + token).statusCode()).isEqualTo(200);
    assertThat(trusting.get(url, "Authorization", "Bearer " + token).statusCode()).isEqualTo(429);
  }

  @Test
  void answersTakeTheirTimeAndTokensLastSoLong() throws IOException {
    control("PUT", "/latency?millis=300", "");
    control("PUT", "/lifetime/imds?seconds=60", "");
    long begin = System.nanoTime();

    HttpResponse<String> answer = token();

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(300_000_000L);
    assertThat(TestHttp.json(answer).path("expires_in").asString()).isEqualTo("60");
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /limits/entra, limits are for imds or arm",
    "POST, /limits/imds, try PUT",
    "PUT, /latency, millis must be a number",
    "PUT, /lifetime/arm?seconds=1, tokens are of imds or entra"
  })
  void whatMakesNoSenseIsRefusedInWords(String method, String path, String words)
      throws IOException {
    HttpResponse<String> answer =
        http.send(method, simulated.controlUri().orElseThrow() + path, "");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(words);
  }

  private HttpResponse<String> token() throws IOException {
    return http.get(simulated.imds().uri() + TOKEN, "Metadata", "true");
  }

  private void control(String method, String path, String body) throws IOException {
    HttpResponse<String> answer =
        http.send(method, simulated.controlUri().orElseThrow() + path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
  }
}
