package io.podidentity.testkit.azure;

import static io.podidentity.testkit.TestHttp.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.TestHttp;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

// https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting
class ImdsLimitsTest {
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault";
  private static final String INSTANCE = "/metadata/instance?api-version=2021-02-01";

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2020-07-29T00:00:00Z"));
  private final FakeAzure azure = new FakeAzure(clock);
  private FakeImds imds;
  private final TestHttp http = TestHttp.plain();

  @BeforeEach
  void start() {
    azure.createCompute(Ids.VM);
    azure.attach(Ids.VM, azure.createIdentity(Ids.identity("One")));
    imds = FakeImds.startFor(azure, Ids.VM);
    imds.limits(ImdsLimits.DOCUMENTED);
  }

  @AfterEach
  void stop() {
    imds.close();
  }

  @Test
  void twentyTokensASecond() throws IOException {
    for (int i = 0; i < 20; i++) {
      clock.advance(Duration.ofMillis(40));
      assertThat(get(TOKEN).statusCode()).isEqualTo(200);
    }
    HttpResponse<String> refused = get(TOKEN);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(json(refused).path("error").asString()).isEqualTo("too_many_requests");

    clock.advance(Duration.ofMillis(1000 - 19 * 40));

    assertThat(get(TOKEN).statusCode()).isEqualTo(200);
    assertThat(get(TOKEN).statusCode()).isEqualTo(429);
  }

  @Test
  void fiveOfAllElse() throws IOException {
    for (int i = 0; i < 5; i++) {
      assertThat(get(INSTANCE).statusCode()).isEqualTo(200);
    }

    assertThat(get(INSTANCE).statusCode()).isEqualTo(429);
    assertThat(get(TOKEN).statusCode()).isEqualTo(200);
  }

  @Test
  void fiveTokensAtOnce() {
    imds.latency(Duration.ofMillis(500));
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(
          CompletableFuture.supplyAsync(() -> status(TOKEN), task -> new Thread(task).start()));
    }

    assertThat(answers.stream().map(CompletableFuture::join).sorted())
        .containsExactly(200, 200, 200, 200, 200, 429);
    assertThat(status(TOKEN)).isEqualTo(200);
  }

  @Test
  void noneUnlessTold() throws IOException {
    imds.limits(null);
    for (int i = 0; i < 30; i++) {
      assertThat(get(TOKEN).statusCode()).isEqualTo(200);
    }
  }

  private int status(String target) {
    try {
      return get(target).statusCode();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private HttpResponse<String> get(String target) throws IOException {
    return http.get(imds.uri() + target, "Metadata", "true");
  }
}
