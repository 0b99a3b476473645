package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Statuses that flags of v1 make: an NMI with {@code --set-retry-after-header}, as short holds as
 * upstream's test/e2e/retry_after_test.go, {@code --block-instance-metadata} and a listener for all
 * addresses.
 */
@EndToEnd
final class FlagsIT {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String IMDS = "http://" + ClusterNetwork.IMDS_ADDRESS;

  private static Program nmi;
  private static TestPod pod;

  @BeforeAll
  static void start(EndToEndCluster cluster, Scene scene) {
    nmi =
        cluster.startNmi(
            "--set-retry-after-header",
            "--retry-attempts-for-created=1",
            "--retry-attempts-for-assigned=1",
            "--find-identity-retry-interval=1",
            "--block-instance-metadata",
            "--host-token=false",
            "--nmi-listen-address=::");
    pod = scene.boundPod("orders", cluster.spare(), scene.identity("orders"));
  }

  @AfterAll
  static void stop() {
    nmi.close();
  }

  @Test
  void podWithoutTheLabelIs503(EndToEndCluster cluster, Scene scene) {
    assertAskedAgainLater(
        scene.unlabelledPod("unlabelled", cluster.spare()).askForToken(), "pod-not-bound");
  }

  @Test
  void labelWithoutABindingIs503AfterTheHold(EndToEndCluster cluster, Scene scene) {
    assertAskedAgainLater(
        scene.pod("stranger", cluster.spare(), "nothing-has-this-selector").askForToken(),
        "identity-not-bound");
  }

  @Test
  void identityThatAzureDoesNotAssignIs503AfterTheHold(EndToEndCluster cluster, Scene scene) {
    BoundIdentity missing =
        new BoundIdentity("missing", AzureNames.identity("missing"), UUID.randomUUID().toString());
    scene.bind(missing, "missing");
    TestPod waiting = scene.pod("missing", cluster.spare(), "missing");
    scene.awaitCreated(waiting, missing);

    assertAskedAgainLater(waiting.askForToken(), "identity-not-assigned");
  }

  @Test
  void identityOfAnotherIs503(EndToEndCluster cluster, Scene scene) {
    assertAskedAgainLater(
        pod.curl(TestPod.TOKEN_URL + "&client_id=" + UUID.randomUUID(), "-H", "Metadata:true"),
        "identity-not-allowed");
  }

  /**
   * Upstream's test/e2e/retry_after_test.go: the client waits as long as it is told. MSAL4J is not
   * asked, because it goes by its own intervals alone.
   */
  @Test
  @RequiresRealPart(RealPart.AZURE_IDENTITY_FOR_PYTHON)
  void clientsComeBackWhenTheyAreToldTo(EndToEndCluster cluster, Scene scene) {
    List<ToldToWait> clients =
        Stream.of(PodClient.AZURE_IDENTITY_FOR_JAVA, PodClient.AZURE_IDENTITY_FOR_PYTHON)
            .map(client -> ToldToWait.start(client, cluster, scene))
            .toList();

    for (ToldToWait client : clients) {
      client.refusedAt().join();
      scene.bind(client.identity(), client.identity().name());
    }

    // Of the 20 s that they are told, a little is over before the refusal is seen here.
    assertThat(clients)
        .extracting(ToldToWait::refusedToToken)
        .allSatisfy(wait -> assertThat(wait).isGreaterThan(Duration.ofSeconds(18)));
  }

  /** Upstream's test/e2e/instance_metadata_test.go, and other spellings. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata/instance",
        "/metadata/instance?api-version=2021-02-01",
        "/metadata/instance/compute/name",
        "/Metadata/Instance",
        "//metadata/instance"
      })
  void instanceMetadataIs403(String path) {
    HttpAnswer answer = pod.curl(IMDS + path, "--path-as-is", "-H", "Metadata:true");

    assertRefused(answer, 403, "metadata-blocked");
    assertThat(answer.body()).isEqualTo("Request blocked by AAD Pod Identity NMI\n");
  }

  /** As upstream's test. */
  @Test
  void otherPathIsAnsweredByTheMetadataService() {
    HttpAnswer answer = pod.curl(IMDS + "/doesnotexist", "-H", "Metadata:true");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("X-Pod-Identity-Error")).isNull();
    assertThat(answer.body()).contains("The requested resource is not found");
  }

  /** As upstream's test. */
  @Test
  void otherPathWithoutTheHeaderIs400() {
    HttpAnswer answer = pod.curl(IMDS + "/doesnotexist");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("X-Pod-Identity-Error")).isEqualTo("metadata-header-missing");
    assertThat(answer.body()).contains("Required metadata header not specified");
  }

  @Test
  void hostTokenIs403WhereItIsSwitchedOff(EndToEndCluster cluster) {
    assertRefused(
        Curl.in(cluster.spare().network().namespace())
            .request("http://127.0.0.1:2579/host/token/?resource=https://vault.azure.net"),
        403,
        "host-token-disabled");
  }

  /** v1 cuts the remote address at its first colon, and nothing is left. */
  @Test
  void requestOverIpv6Is500(EndToEndCluster cluster) {
    String device = pod.network().nodeDevice();
    cluster.spare().network().namespace().ip("address add fd00::1/64 dev " + device + " nodad");
    pod.network().namespace().ip("address add fd00::2/64 dev eth0 nodad");

    HttpAnswer answer =
        pod.curl(
            TestPod.TOKEN_URL.replace("169.254.169.254", "[fd00::1]:2579"), "-H", "Metadata:true");

    assertRefused(answer, 500, "pod-not-found");
    assertThat(answer.body()).isEqualTo("request remote address is empty\n");
  }

  private static void assertAskedAgainLater(HttpAnswer answer, String cause) {
    // v1's number.
    assertRefused(answer, 503, cause, 20);
  }

  /** A client that is refused at first; both moments are {@link System#nanoTime}. */
  private record ToldToWait(
      BoundIdentity identity, CompletableFuture<Long> refusedAt, CompletableFuture<Long> tokenAt) {

    private static final Executor OWN_THREAD = task -> new Thread(task, "client").start();

    static ToldToWait start(PodClient client, EndToEndCluster cluster, Scene scene) {
      String name = client.name().toLowerCase(Locale.ROOT).replace('_', '-');
      BoundIdentity late = scene.identity(name);
      TestPod pod = scene.pod(name, cluster.spare(), late.name());
      Pattern refusal =
          Pattern.compile("status \\(503\\) .* req.remote=" + pod.address() + " error=");
      return new ToldToWait(
          late,
          CompletableFuture.supplyAsync(
              () -> {
                nmi.process().awaitLine(refusal, LIMIT);
                return System.nanoTime();
              },
              OWN_THREAD),
          CompletableFuture.supplyAsync(
              () -> {
                assertThat(client.identitiesSeenIn(pod, "any")).containsExactly(late.clientId());
                return System.nanoTime();
              },
              OWN_THREAD));
    }

    Duration refusedToToken() {
      return Duration.ofNanos(tokenAt.join() - refusedAt.join());
    }
  }
}
