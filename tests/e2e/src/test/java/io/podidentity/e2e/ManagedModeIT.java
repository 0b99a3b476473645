package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Managed mode, in which NMI goes by bindings and nothing is waited for: curl gives up long before
 * the 80 s of standard mode. MIC, which managed mode does without, plays whoever gives the machine
 * its identities.
 */
@EndToEnd
final class ManagedModeIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static Program nmi;

  @BeforeAll
  static void start(EndToEndCluster cluster) {
    nmi = cluster.startNmi("--operation-mode=managed", "--forceNamespaced");
  }

  @AfterAll
  static void stop() {
    nmi.close();
  }

  @Test
  void podGetsATokenOfWhatItsOwnNamespaceBindsToIt(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.spare(), orders);
    assertGetsItsToken(pod, orders);

    try (Scene other = new Scene(cluster, scene.namespace() + "-other")) {
      TestPod stranger = other.pod("orders", cluster.spare(), "orders");

      assertRefused(stranger.askForToken(), 404, "identity-not-bound");
    }
  }

  @Test
  void podWithoutTheLabelIs404AlsoForAnEmptySelector(EndToEndCluster cluster, Scene scene) {
    scene.bind(scene.identity("everyone"), "''");
    // So NMI knows the binding above, which is older.
    BoundIdentity known = scene.identity("known");
    assertGetsItsToken(scene.boundPod("known", cluster.spare(), known), known);

    TestPod unlabelled = scene.unlabelledPod("unlabelled", cluster.spare());

    assertRefused(unlabelled.askForToken(), 404, "pod-not-bound");
  }

  /** v1 says so when it fetches the token; in standard mode MIC does not even record such a one. */
  @Test
  void identityOfATypeThatIsNotThereIs503(EndToEndCluster cluster, Scene scene) {
    scene.bindBySpec("odd", "{type: 9, clientID: 11111111-2222-4333-8444-000000000000}");
    TestPod pod = scene.pod("odd", cluster.spare(), "odd");

    Await.asserted(LIMIT, () -> assertRefused(pod.askForToken(), 503, "identity-invalid"));
  }

  private static void assertGetsItsToken(TestPod pod, BoundIdentity identity) {
    Await.asserted(
        LIMIT,
        () ->
            assertThat(TokenAnswer.of(pod.askForToken()).clientId())
                .isEqualTo(identity.clientId()));
  }
}
