package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.process.ManagedProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each status that v1's token handler gives, in the order of its checks, asked for from a pod. What
 * Azure's failures make of it is in {@link AzureFailureIT} and {@link ServicePrincipalIT}, what
 * takes other flags in {@link FlagsIT}, and what takes an outage in {@link OutageIT}.
 */
@EndToEnd
final class TokenStatusIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String IMDS = "http://" + ClusterNetwork.IMDS_ADDRESS;

  private static BoundIdentity orders;
  private static TestPod pod;

  @BeforeAll
  static void boundPod(EndToEndCluster cluster, Scene scene) {
    orders = scene.identity("orders");
    // Its NMI waits 2 s, not 80, for an identity that nobody has recorded.
    pod = scene.boundPod("orders", cluster.secondInstance(), orders);
  }

  @Test
  void tokenIs200InJsonWithItsLength() {
    HttpAnswer answer = pod.askForToken();

    assertThat(TokenAnswer.of(answer).clientId()).isEqualTo(orders.clientId());
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("Content-Length"))
        .isEqualTo(Integer.toString(answer.body().getBytes(StandardCharsets.UTF_8).length));
  }

  @ParameterizedTest
  @CsvSource({"X-Nothing:", "Metadata: True", "Metadata: false"})
  void withoutMetadataTrueItIs400InJson(String header) {
    HttpAnswer answer = pod.curl(TestPod.TOKEN_URL, "-H", header);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("X-Pod-Identity-Error")).isEqualTo("metadata-header-missing");
    assertThat(answer.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":\"invalid_request\",\"error_description\":"
                + "\"Required metadata header not specified\"}\n");
  }

  @Test
  void withoutResourceItIs400() {
    HttpAnswer answer = ask(pod, IMDS + "/metadata/identity/oauth2/token?api-version=2018-02-01");

    assertRefused(answer, 400, "invalid-request");
    assertThat(answer.body()).isEqualTo("parameter resource cannot be empty\n");
  }

  @ParameterizedTest
  @CsvSource({
    "&resource=https://vault.azure.net",
    "&client_id=one&client_id=other",
    "&object_id=9f6a1c3e-0000-4000-8000-000000000000"
  })
  void parameterThatIsNotServedIs400(String more) {
    assertRefused(ask(pod, TestPod.TOKEN_URL + more), 400, "invalid-request");
  }

  @Test
  void forwardedRequestIs400() {
    assertRefused(
        pod.curl(TestPod.TOKEN_URL, "-H", "Metadata:true", "-H", "X-Forwarded-For: 10.0.0.1"),
        400,
        "forwarded");
  }

  /** CVE-2022-23551, and what v1's repair of it leaves open. */
  @ParameterizedTest
  @CsvSource({
    "/metadata/identity%5coauth2%5ctoken",
    "/metadata/identity/x/oauth2/token",
    "/metadata%5cidentity%5coauth2%5ctoken",
    "/metadata/Identity/OAuth2/Token"
  })
  void pathThatImdsMayReadAsTheTokenEndpointIs400(String path) {
    HttpAnswer answer =
        pod.curl(
            IMDS + path + "?api-version=2018-02-01&resource=https://vault.azure.net",
            "--path-as-is",
            "-H",
            "Metadata:true");

    assertRefused(answer, 400, "path-refused");
    assertThat(answer.body()).isEqualTo("Invalid request\n");
  }

  /** Whatever it is to the metadata service, it is none that only reads. */
  @Test
  void otherMethodIs405WhereTheRequestIsHandedOn() {
    assertRefused(
        pod.curl(IMDS + "/metadata/instance", "-X", "POST", "-H", "Metadata:true"),
        405,
        "method-not-allowed");
  }

  @Test
  void addressOfNoPodIs500(EndToEndCluster cluster) {
    try (PodNetwork nobody = cluster.secondInstance().network().addPod("nobody")) {
      HttpAnswer answer = Curl.in(nobody).request(TestPod.TOKEN_URL, "-H", "Metadata:true");

      assertRefused(answer, 500, "pod-not-found");
      assertThat(answer.body()).contains(nobody.address());
    }
  }

  @Test
  void addressOfTwoRunningPodsIs500(EndToEndCluster cluster, Scene scene) {
    TestPod one = scene.unlabelledPod("one", cluster.secondInstance());
    cluster
        .kubelet()
        .run(
            new RunningPod(scene.namespace(), "other", one.node().name(), one.address(), Map.of()));

    Await.asserted(LIMIT, () -> assertRefused(one.askForToken(), 500, "pod-ambiguous"));
  }

  @Test
  void podWithoutTheLabelIs404AtOnce(EndToEndCluster cluster, Scene scene) {
    // On a node whose NMI waits 80 s, which is longer than curl does.
    TestPod unlabelled = scene.unlabelledPod("unlabelled", cluster.firstInstance());

    assertRefused(unlabelled.askForToken(), 404, "pod-not-bound");
  }

  @Test
  void labelWithoutABindingIs404(EndToEndCluster cluster, Scene scene) {
    TestPod stranger = scene.pod("stranger", cluster.secondInstance(), "nothing-has-this-selector");

    HttpAnswer answer = stranger.askForToken();

    assertRefused(answer, 404, "identity-not-bound");
    assertThat(answer.body()).contains(stranger.namespace() + "/" + stranger.name());
  }

  /** Upstream's "correct identity ok, wrong identity fails". */
  @Test
  void identityOfAnotherIs404ByClientIdAndByResourceId(EndToEndCluster cluster, Scene scene) {
    BoundIdentity billing = scene.identity("billing");
    scene.boundPod("billing", cluster.secondInstance(), billing);

    assertThat(TokenAnswer.of(askFor(pod, "client_id", orders.clientId())).clientId())
        .isEqualTo(orders.clientId());
    assertRefused(askFor(pod, "client_id", billing.clientId()), 404, "identity-not-allowed");
    assertRefused(askFor(pod, "msi_res_id", billing.resourceId()), 404, "identity-not-allowed");
    assertRefused(askFor(pod, "mi_res_id", billing.resourceId()), 404, "identity-not-allowed");
  }

  @Test
  void clientThatHangsUpIs404InTheLog(EndToEndCluster cluster, Scene scene) {
    TestPod waiting = scene.pod("waiting", cluster.vm(), "nothing-has-this-selector");
    ManagedProcess nmi = cluster.nmi(cluster.vm()).process();
    ManagedProcess client =
        waiting.network().namespace().start("client", "sh", "-c", "exec " + TestPod.TOKEN_COMMAND);
    Await.until("it is connected to NMI", LIMIT, waiting::isConnectedToImds);

    client.kill();

    Pattern line =
        Pattern.compile(
            "status \\(404\\) took \\d+ ns for req.method=GET reg.path=\\S+ req.remote="
                + Pattern.quote(waiting.address())
                + " error=client-gone");
    assertThat(nmi.awaitLine(line, LIMIT)).doesNotContain("access_token");
  }

  private static HttpAnswer ask(TestPod pod, String url) {
    return pod.curl(url, "-H", "Metadata:true");
  }

  private static HttpAnswer askFor(TestPod pod, String parameter, String value) {
    return ask(pod, TestPod.TOKEN_URL + "&" + parameter + "=" + value);
  }
}
