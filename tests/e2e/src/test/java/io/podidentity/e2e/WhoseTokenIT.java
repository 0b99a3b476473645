package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.HttpAnswer;
import org.junit.jupiter.api.Test;

/** What keeps one pod's token from another, beside the binding. */
@EndToEnd
final class WhoseTokenIT {

  /** In v1 the pod gets the token of the identity that the client ID names. */
  @Test
  void clientIdOfAnotherIdentityOfTheNodeIsNeverAssigned(EndToEndCluster cluster, Scene scene) {
    BoundIdentity own = scene.identity("own");
    BoundIdentity borrowed = borrowed(cluster, scene, own);
    TestPod pod = scene.pod("borrower", cluster.vm(), "borrower");

    scene.awaitBindingEvent(own, "is not that of its resourceID");

    assertThat(scene.recordState(pod, borrowed)).isEqualTo("Created");
  }

  /** NMI does not take MIC's word for it: a record of v1's MIC says that it is assigned. */
  @Test
  void recordWithTheClientIdOfAnotherIdentityIsNoWayToItsToken(
      EndToEndCluster cluster, Scene scene) {
    BoundIdentity borrowed = borrowed(cluster, scene, scene.identity("own"));
    TestPod pod = scene.pod("borrower", cluster.vm(), "borrower");
    scene.awaitCreated(pod, borrowed);
    cluster
        .api()
        .kubectl(
            "patch",
            "azureassignedidentity/" + scene.recordName(pod, borrowed),
            "-n",
            "default",
            "--type=merge",
            "--patch={\"status\":{\"status\":\"Assigned\"}}");

    HttpAnswer answer = pod.askForToken();

    assertThat(answer.status()).as(answer.body()).isEqualTo(403);
    assertThat(answer.header("X-Pod-Identity-Error")).isEqualTo("identity-not-permitted");
    assertThat(answer.body()).doesNotContain("access_token", borrowed.clientId());
  }

  /** An {@code AzureIdentity} with its own resource ID and the client ID of another pod's. */
  private static BoundIdentity borrowed(EndToEndCluster cluster, Scene scene, BoundIdentity own) {
    BoundIdentity billing = scene.identity("billing");
    scene.boundPod("billing", cluster.vm(), billing);
    BoundIdentity borrowed = new BoundIdentity(own.name(), own.resourceId(), billing.clientId());
    scene.bind(borrowed, "borrower");
    return borrowed;
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
