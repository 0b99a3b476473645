package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was given is taken away: upstream's test/e2e/single_identity_test.go. */
@EndToEnd
final class RevocationIT {

  /** Not even the token that NMI has is given any more. */
  @ParameterizedTest
  @ValueSource(strings = {"azureidentity/%s", "azureidentitybinding/%s-binding"})
  void podLosesItsTokenWithItsIdentityAndWithItsBinding(
      String object, EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.secondInstance(), orders);
    assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());

    scene.delete(object.formatted(orders.name()));

    scene.awaitNoRecord(pod, orders);
    assertRefused(pod.askForToken(), 404, "identity-not-bound");
    assertThat(cluster.azure().isAttached(orders, pod.node())).isFalse();
  }
}
