package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.HttpAnswer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a pod is told when the metadata service has no token: 403 for v1's {@code TokenRefreshError}
 * where that stays, and 503 where it may heal. Each test asks for another resource, since a failure
 * is remembered.
 *
 * <p>The service's answers are those of <a
 * href="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling">
 * its documentation</a>.
 */
@EndToEnd
final class AzureFailureIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static BoundIdentity orders;
  private static TestPod pod;

  @BeforeAll
  static void boundPod(EndToEndCluster cluster, Scene scene) {
    orders = scene.identity("orders");
    pod = scene.boundPod("orders", cluster.vm(), orders);
  }

  @Test
  void refusalThatStaysIs403AndDoesNotRepeatTheServicesText(EndToEndCluster cluster) {
    Map<String, ?> unknownResource =
        Map.of(
            "status",
            400,
            "body",
            """
            {"error":"invalid_resource","error_description":"AADSTS500011: not for a pod's eyes"}
            """);
    try (var fault = cluster.azure().fault("imds", unknownResource)) {
      HttpAnswer answer = pod.askForTokenOf("https://nobody-knows-it.example");

      assertRefused(answer, 403, "token-refused");
      assertThat(answer.body())
          .contains("invalid_resource", pod.namespace() + "/" + orders.name())
          .doesNotContain("AADSTS");
    }
  }

  @Test
  void serviceThatHangsUpIs503UntilItIsBack(EndToEndCluster cluster) {
    try (var fault = cluster.azure().fault("imds", Map.of("kind", "hang-up"))) {
      assertRefused(pod.askForTokenOf("https://hangs-up.example"), 503, "token-unavailable", 2);
    }
    Await.asserted(LIMIT, () -> TokenAnswer.of(pod.askForTokenOf("https://hangs-up.example")));
  }

  @Test
  void whatIsHandedOnIs502WhileItHangsUp(EndToEndCluster cluster) {
    String url = TestPod.TOKEN_URL.replaceFirst("/metadata/.*", "/metadata/instance");
    try (var fault = cluster.azure().fault("imds", Map.of("kind", "hang-up"))) {
      assertRefused(pod.curl(url, "-H", "Metadata:true"), 502, "metadata-unreachable");
    }
  }

  @Test
  void serviceThatThrottlesIs503WithItsOwnRetryAfter(EndToEndCluster cluster) {
    Map<String, ?> tooMany = Map.of("status", 429, "headers", Map.of("Retry-After", "7"));
    try (var fault = cluster.azure().fault("imds", tooMany)) {
      assertRefused(pod.askForTokenOf("https://throttled.example"), 503, "token-throttled", 7);
    }
  }

  @Test
  void serviceThatIsBeingUpdatedIs503(EndToEndCluster cluster) {
    try (var fault = cluster.azure().fault("imds", Map.of("status", 410))) {
      assertRefused(pod.askForTokenOf("https://updated.example"), 503, "token-unavailable", 2);
    }
  }

  /** v1's e2e "reconcile" begins like this; MIC puts it back later. */
  @Test
  void identityThatSomebodyTookOffIs503(EndToEndCluster cluster, Scene scene) {
    BoundIdentity taken = scene.identity("taken");
    TestPod holder = scene.boundPod("taken", cluster.vm(), taken);
    cluster.azure().detach(taken, cluster.vm());

    assertRefused(holder.askForToken(), 503, "token-unavailable", 5);
  }

  /** The token that is there outlives the service's outage. */
  @Test
  void tokenThatNmiHasIs200WhileTheServiceIsAway(EndToEndCluster cluster) {
    TokenAnswer before = TokenAnswer.of(pod.askForToken());
    try (var fault = cluster.azure().fault("imds", Map.of("kind", "hang-up"))) {
      assertThat(TokenAnswer.of(pod.askForToken()).token()).isEqualTo(before.token());
    }
  }
}
