package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.process.Signal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who is served while pods come and go, and while names and addresses change hands. */
@EndToEnd
final class PodLifecycleIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * Upstream's test/e2e/init_containers_test.go, which runs {@code az login --identity}: the Azure
   * CLI gets its token as this client does, from MSAL for Python.
   */
  @Test
  void initContainerOfAPendingPodGetsAToken(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    scene.bind(orders, "orders");
    TestPod pod = scene.initializingPod("orders", cluster.firstInstance(), "orders");

    assertThat(PodClient.AZURE_IDENTITY_FOR_PYTHON.identitiesSeenIn(pod, "any"))
        .containsExactly(orders.clientId());
  }

  @Test
  void terminatingPodIsServedUntilItIsGone(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), orders);

    cluster.kubelet().terminate(pod.object());

    assertThat(TokenAnswer.of(pod.askForTokenOf("https://last-words.example")).clientId())
        .isEqualTo(orders.clientId());
    assertThat(scene.recordState(pod, orders)).isEqualTo("Assigned");
  }

  @Test
  void podThatHasEndedIsNotServedWhileItsObjectStays(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), orders);
    TokenAnswer.of(pod.askForToken());

    cluster.kubelet().end(pod.object(), "Succeeded");

    Await.asserted(LIMIT, () -> assertRefused(pod.askForToken(), 500, "pod-not-found"));
    scene.awaitNoRecord(pod, orders);
  }

  @Test
  void podWithTheAddressOfAnEarlierOneGetsItsOwnToken(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    BoundIdentity billing = scene.identity("billing");
    TestPod before = scene.boundPod("orders", cluster.firstInstance(), orders);
    TokenAnswer.of(before.askForToken());
    scene.bind(billing, "billing");

    scene.remove(before);
    TestPod after = scene.podAt(before.address(), "billing", cluster.firstInstance(), "billing");

    assertThat(TokenAnswer.of(after.askForToken()).clientId()).isEqualTo(billing.clientId());
  }

  @Test
  void podThatStartsAgainUnderItsNameAndAddressIsServed(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod before = scene.boundPod("orders", cluster.firstInstance(), orders);

    scene.remove(before);
    TestPod after = scene.podAt(before.address(), "orders", cluster.firstInstance(), "orders");

    assertThat(TokenAnswer.of(after.askForToken()).clientId()).isEqualTo(orders.clientId());
  }

  /** The record of the earlier pod is there as long as MIC does nothing. */
  @Test
  void podOfTheSameNameDoesNotInherit(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod before = scene.boundPod("orders", cluster.secondInstance(), orders);
    TokenAnswer.of(before.askForToken());
    cluster.mic().process().signal(Signal.STOP);
    TestPod after;
    try {
      scene.remove(before);
      after = scene.podAt(before.address(), "orders", cluster.secondInstance(), "another-label");

      assertRefused(after.askForToken(), 404, "identity-not-bound");
      assertThat(scene.recordState(before, orders)).isEqualTo("Assigned");
    } finally {
      cluster.mic().process().signal(Signal.CONT);
    }
    scene.awaitNoRecord(after, orders);
  }

  /** It has no address of its own, so that only a component of its node can ask for it. */
  @Test
  void podOnItsNodesNetworkIsServedByHostTokenAlone(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    scene.bind(orders, "orders");
    RunningPod pod = scene.hostNetworkPod("orders", cluster.vm(), "orders");
    scene.awaitAssigned(pod.name(), orders);
    Curl onNode = Curl.in(cluster.vm().network().namespace());

    HttpAnswer asComponent =
        onNode.request(
            "http://127.0.0.1:2579/host/token/?resource=https://vault.azure.net",
            "-H",
            "podname: " + pod.name(),
            "-H",
            "podns: " + pod.namespace());
    HttpAnswer asPod =
        onNode.request(
            "http://127.0.0.1:2579/metadata/identity/oauth2/token?resource=https://vault.azure.net",
            "--interface",
            pod.address(),
            "-H",
            "Metadata:true");

    assertThat(TokenAnswer.ofHost(asComponent).clientId()).isEqualTo(orders.clientId());
    assertRefused(asPod, 500, "pod-not-found");
  }
}
