package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.process.CommandFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who reaches the metadata service itself. That no pod does, past NMI, is looked at after every
 * test of all classes; see {@link ClusterExtension}.
 */
@EndToEnd
final class MetadataRedirectIT {

  private static final String INSTANCE_URL =
      "http://" + ClusterNetwork.IMDS_ADDRESS + "/metadata/instance?api-version=2021-02-01";

  @Test
  void withoutRedirectAPodGetsTheTokenOfItsNode(EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.unlabelledPod("anybody", cluster.bare());

    HttpAnswer answer = pod.askForToken();

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("access_token");
    // So the look after every test would see it, were this one of the nodes it is for.
    ImdsGuard guardOfThisNode = new ImdsGuard(cluster.azure(), List.of(cluster.bare()));
    assertThat(guardOfThisNode.newRequests())
        .filteredOn(guardOfThisNode::isFromAProtectedPod)
        .extracting(ImdsRequest::source)
        .containsOnly(pod.address());
  }

  @Test
  void nodeItselfReachesTheMetadataServiceDirectly(EndToEndCluster cluster) {
    for (TestNode node : cluster.nodesWithNmi()) {
      long before = lastImdsRequest(cluster);

      HttpAnswer answer =
          Curl.in(node.network().namespace()).request(INSTANCE_URL, "-H", "Metadata:true");

      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(cluster.azure().imdsRequestsAfter(before))
          .filteredOn(request -> request.path().startsWith("/metadata/instance?"))
          .extracting(ImdsRequest::source)
          .containsExactly(node.network().address());
    }
  }

  @Test
  void podsTokenIsFetchedWithTheNodesAddress(EndToEndCluster cluster, Scene scene) {
    BoundIdentity identity = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.vm(), identity);

    TokenAnswer.of(pod.askForToken());

    assertThat(cluster.azure().imdsRequestsAfter(0))
        .filteredOn(request -> request.path().contains(identity.clientId()))
        .extracting(ImdsRequest::source)
        .containsOnly(cluster.vm().network().address());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void redirectOutlivesNmi(String signal, EndToEndCluster cluster, Scene scene) {
    TestNode node = cluster.vm();
    Program nmi = cluster.nmi(node);
    BoundIdentity identity = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", node, identity);

    if (signal.equals("TERM")) {
      nmi.stop();
    } else {
      nmi.kill();
    }
    try {
      long before = lastImdsRequest(cluster);
      // Only with -v curl says what was wrong with the connection.
      assertThatThrownBy(() -> pod.curl(TestPod.TOKEN_URL, "-H", "Metadata:true", "-v"))
          .isInstanceOfSatisfying(
              CommandFailedException.class,
              e -> assertThat(e.result().stderr()).contains("Connection refused", "curl: (7)"));
      assertThat(cluster.azure().imdsRequestsAfter(before))
          .extracting(ImdsRequest::source)
          .doesNotContain(pod.address());
    } finally {
      nmi.start();
      nmi.awaitActive();
    }
    assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(identity.clientId());
  }

  @Test
  void podIsKeptAwayWhileThereIsNeitherNmiNorRedirect(EndToEndCluster cluster, Scene scene) {
    TestNode node = cluster.vm();
    TestPod pod = scene.unlabelledPod("anybody", node);
    cluster.nmi(node).kill();
    try {
      node.network().namespace().exec("iptables-nft", "-t", "nat", "-F");
      long before = lastImdsRequest(cluster);

      assertThatThrownBy(() -> pod.curl(TestPod.TOKEN_URL, "-H", "Metadata:true"))
          .isInstanceOfSatisfying(
              CommandFailedException.class, e -> assertThat(e.result().exitCode()).isEqualTo(7));
      assertThat(cluster.azure().imdsRequestsAfter(before))
          .extracting(ImdsRequest::source)
          .doesNotContain(pod.address());
    } finally {
      cluster.nmi(node).start();
      cluster.nmi(node).awaitActive();
    }
  }

  private static long lastImdsRequest(EndToEndCluster cluster) {
    return cluster.azure().imdsRequestsAfter(0).stream()
        .mapToLong(ImdsRequest::number)
        .max()
        .orElse(0);
  }
}
