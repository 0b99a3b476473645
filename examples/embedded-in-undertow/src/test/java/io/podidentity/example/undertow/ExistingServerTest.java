package io.podidentity.example.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.Workloads;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExistingServerTest {
  private static final NamespacedName JOB = new NamespacedName("ci", "job");

  private final Workloads workloads = new Workloads();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ExistingServer server = server(Duration.ofSeconds(1));
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile boolean broken;

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void workloadGetsItsTokenAndTheMetersTellOfIt() throws Exception {
    workloads.put(JOB, Set.of(InetAddress.getLoopbackAddress()), List.of(identity()));

    assertThat(get("/token?resource=vault").body()).isEqualTo("token for vault");
    assertThat(get("/token?resource=vault").body()).isEqualTo("token for vault");

    assertThat(meters.get("token.cache").tag("event", "miss").counter().count()).isEqualTo(1);
    assertThat(meters.get("token.cache").tag("event", "hit").counter().count()).isEqualTo(1);
    assertThat(meters.get("token.fetch").tag("outcome", "ok").timer().count()).isEqualTo(1);
  }

  @Test
  void strangerIsRefusedAfterAWaitThatTheMetersTellOf() throws Exception {
    HttpResponse<String> answer = get("/token?resource=vault");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("X-Refused-Because")).contains("pod-not-found");
    assertThat(meters.get("token.waits").counter().count()).isEqualTo(1);
    assertThat(meters.get("token.wait").timer().count()).isEqualTo(1);
  }

  /** To pass over what a request names would be to give another token than the one asked for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?resource=",
        "?resource=vault&resource=other",
        "?resource=vault&client_id=66666666-7777-8888-9999-000000000000",
        "?resource=vault&client_id",
        ";client_id=66666666-7777-8888-9999-000000000000?resource=vault"
      })
  void requestForAnythingButOneResourceIsMalformed(String query) throws Exception {
    workloads.put(JOB, Set.of(InetAddress.getLoopbackAddress()), List.of(identity()));

    HttpResponse<String> answer = get("/token" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("X-Refused-Because")).contains("invalid-request");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void tokensAreAskedForWithGet() throws Exception {
    workloads.put(JOB, Set.of(InetAddress.getLoopbackAddress()), List.of(identity()));
    HttpRequest post =
        HttpRequest.newBuilder(request("/token?resource=vault"), (name, value) -> true)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();

    HttpResponse<String> answer = client.send(post, HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.body()).isEmpty();
  }

  /** A page in a browser cannot set the header, and a proxy's address is not the caller's. */
  @Test
  void requestThatIsNotTheCallersOwnIsMalformed() throws Exception {
    workloads.put(JOB, Set.of(InetAddress.getLoopbackAddress()), List.of(identity()));
    HttpRequest bare =
        HttpRequest.newBuilder(request("/token?resource=vault").uri())
            .timeout(Duration.ofSeconds(20))
            .build();
    HttpRequest forwarded =
        HttpRequest.newBuilder(request("/token?resource=vault"), (name, value) -> true)
            .header("X-Forwarded-For", "10.0.0.1")
            .build();

    for (HttpRequest request : List.of(bare, forwarded)) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.headers().firstValue("X-Refused-Because")).contains("invalid-request");
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void failureOfTheServiceIsCounted() throws Exception {
    workloads.put(JOB, Set.of(InetAddress.getLoopbackAddress()), List.of(identity()));
    broken = true;

    assertThat(get("/token?resource=vault").statusCode()).isEqualTo(503);
    assertThat(meters.get("token.fetch").tag("outcome", "failed").timer().count()).isEqualTo(1);
  }

  @Test
  void requestThatWaitsHoldsNoThreadOfTheServer() throws Exception {
    server.close();
    server = server(Duration.ofSeconds(20));
    CountDownLatch waits = new CountDownLatch(1);
    meters
        .config()
        .onMeterAdded(
            meter -> {
              if (meter.getId().getName().equals("token.waits")) {
                waits.countDown();
              }
            });
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request("/token?resource=vault"), HttpResponse.BodyHandlers.ofString());
    assertThat(waits.await(20, TimeUnit.SECONDS)).isTrue();

    // The server has one thread for requests.
    assertThat(get("/hello").body()).isEqualTo("hello");
    assertThat(waiting).isNotDone();
    workloads.put(JOB, Set.of(InetAddress.getLoopbackAddress()), List.of(identity()));

    assertThat(waiting.join().body()).isEqualTo("token for vault");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .timeout(Duration.ofSeconds(20))
        .header("Metadata", "true")
        .build();
  }

  private ExistingServer server(Duration hold) {
    return new ExistingServer(workloads, this::issue, meters, hold);
  }

  private List<AccessToken> issue(TokenQuery query) {
    if (broken) {
      throw new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "the issuer is away");
    }
    Instant now = Instant.now();
    String value = "token for " + query.resource();
    return List.of(new AccessToken(value, now.plus(Duration.ofHours(1)), now, query.resource()));
  }

  private static AzureIdentity identity() {
    return AzureIdentity.managed(
        new NamespacedName("ci", "deployer"),
        ResourceId.of("s", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", "d"),
        new ClientId("11111111-2222-3333-4444-555555555555"));
  }
}
