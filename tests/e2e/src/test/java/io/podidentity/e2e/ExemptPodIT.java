package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Upstream's test/e2e/identity_exception_test.go, and where the exemption ends. */
@EndToEnd
final class ExemptPodIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void exemptPodGetsTheNodesIdentityWithoutABinding(EndToEndCluster cluster, Scene scene) {
    // Any case will do, as in v1.
    scene.exempt("app", "EXEMPT");
    TestPod pod = scene.unlabelledPod("exempt", cluster.vm());

    Await.asserted(LIMIT, () -> TokenAnswer.of(pod.askForToken()));
    assertThat(TokenAnswer.of(pod.askForToken()).clientId())
        .isEqualTo(identityOf(cluster.vm(), cluster));
  }

  @Test
  void otherPodOfItsNamespaceAndItsLikeInAnotherOneDoNot(EndToEndCluster cluster, Scene scene) {
    scene.exempt("app", "exempt");
    TestPod exempt = scene.unlabelledPod("exempt", cluster.vm());
    Await.asserted(LIMIT, () -> TokenAnswer.of(exempt.askForToken()));

    assertRefused(scene.unlabelledPod("other", cluster.vm()).askForToken(), 404, "pod-not-bound");
    try (Scene elsewhere = new Scene(cluster, scene.namespace() + "-other")) {
      assertRefused(
          elsewhere.unlabelledPod("exempt", cluster.vm()).askForToken(), 404, "pod-not-bound");
    }
  }

  @Test
  void identityThatTheNodeDoesNotHaveIs403(EndToEndCluster cluster, Scene scene) {
    scene.exempt("app", "exempt");
    TestPod exempt = scene.unlabelledPod("exempt", cluster.vm());
    Await.asserted(LIMIT, () -> TokenAnswer.of(exempt.askForToken()));

    assertRefused(
        exempt.curl(TestPod.TOKEN_URL + "&client_id=" + UUID.randomUUID(), "-H", "Metadata:true"),
        403,
        "token-refused");
  }

  @Test
  void identityThatIsThereForAnotherPodIs404(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    scene.boundPod("orders", cluster.vm(), orders);
    scene.exempt("app", "exempt");
    TestPod exempt = scene.unlabelledPod("exempt", cluster.vm());
    Await.asserted(LIMIT, () -> TokenAnswer.of(exempt.askForToken()));

    assertRefused(
        exempt.curl(TestPod.TOKEN_URL + "&client_id=" + orders.clientId(), "-H", "Metadata:true"),
        404,
        "identity-not-allowed");
  }

  /** The scale set has the identity, and so has each of its nodes. */
  @Test
  void identityThatIsThereForAPodOfAnotherNodeOfTheScaleSetIs404(
      EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    scene.boundPod("orders", cluster.firstInstance(), orders);
    scene.exempt("app", "exempt");
    TestPod exempt = scene.unlabelledPod("exempt", cluster.secondInstance());

    // Before NMI knows the exemption, the pod is one without a label.
    Await.asserted(
        LIMIT,
        () ->
            assertRefused(
                exempt.curl(
                    TestPod.TOKEN_URL + "&client_id=" + orders.clientId(), "-H", "Metadata:true"),
                404,
                "identity-not-allowed"));
  }

  private static String identityOf(TestNode node, EndToEndCluster cluster) {
    return Objects.requireNonNull(cluster.azure().compute(node.computeId()).systemAssigned())
        .clientId();
  }
}
