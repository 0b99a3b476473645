package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import org.junit.jupiter.api.Test;

/** {@code /host/token/}, by which a node's component asks in the name of a pod. */
@EndToEnd
final class HostTokenIT {

  private static final String PATH = "/host/token/?resource=https://vault.azure.net";

  @Test
  void componentOfTheNodeGetsAPodsTokenOverLoopback(EndToEndCluster cluster, Scene scene) {
    BoundIdentity identity = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), identity);

    // Held until NMI knows the pod; a component's request is not.
    TokenAnswer.of(pod.askForToken());

    HttpAnswer answer =
        Curl.in(pod.node().network().namespace())
            .request(
                "http://127.0.0.1:2579" + PATH,
                "-H",
                "podname: " + pod.name(),
                "-H",
                "podns: " + pod.namespace());

    TokenAnswer token = TokenAnswer.ofHost(answer);
    assertThat(token.clientId()).isEqualTo(identity.clientId());
    assertThat(token.member("resource")).isEqualTo("https://vault.azure.net");
  }

  @Test
  void podIsRefused(EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), scene.identity("orders"));

    HttpAnswer answer =
        pod.curl(
            "http://" + ClusterNetwork.IMDS_ADDRESS + PATH,
            "-H",
            "Metadata:true",
            "-H",
            "podname: " + pod.name(),
            "-H",
            "podns: " + pod.namespace());

    // v1's answer.
    assertRefused(answer, 500, "not-from-host");
    assertThat(answer.body()).isEqualTo("request remote address is not from a host\n");
  }
}
