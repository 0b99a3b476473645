package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.HttpAnswer;
import org.junit.jupiter.api.Test;

/** What keeps one pod's token from another, beside the binding. */
@EndToEnd
final class WhoseTokenIT {

  /** In v1 the pod gets the token of the identity that the client ID names. */
  @Test
  void clientIdOfAnotherIdentityOfTheNodeIsRefusedForGood(EndToEndCluster cluster, Scene scene) {
    BoundIdentity billing = scene.identity("billing");
    scene.boundPod("billing", cluster.vm(), billing);
    BoundIdentity own = scene.identity("own");
    BoundIdentity borrowed = new BoundIdentity(own.name(), own.resourceId(), billing.clientId());
    TestPod pod = scene.boundPod("borrower", cluster.vm(), borrowed);

    HttpAnswer answer = pod.askForToken();

    assertThat(answer.status()).as(answer.body()).isEqualTo(403);
    assertThat(answer.header("X-Pod-Identity-Error")).isEqualTo("identity-not-permitted");
    assertThat(answer.body()).doesNotContain("access_token", billing.clientId());
  }

  @Test
  void recordNamesItsPodByTheUidThatKubernetesGaveIt(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.vm(), orders);

    String stamped =
        cluster
            .api()
            .kubectl(
                "get",
                "azureassignedidentity/" + scene.recordName(pod, orders),
                "-n",
                "default",
                "-o",
                "jsonpath={.metadata.annotations.podidentity\\.io/pod-uid}");

    assertThat(stamped)
        .isNotEmpty()
        .isEqualTo(
            cluster
                .api()
                .kubectl(
                    "get",
                    "pod/" + pod.name(),
                    "-n",
                    scene.namespace(),
                    "-o",
                    "jsonpath={.metadata.uid}"));
  }
}
