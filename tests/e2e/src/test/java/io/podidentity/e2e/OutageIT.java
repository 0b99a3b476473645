package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.net.PodNetwork;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What pods are told while NMI, or what it depends on, is going or away. */
@EndToEnd
final class OutageIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void apiServerIsAwayAndKnownPodsGetTokensAndUnknownOnesAre503(
      EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod known = scene.boundPod("orders", cluster.vm(), orders);
    assertThat(TokenAnswer.of(known.askForToken()).clientId()).isEqualTo(orders.clientId());
    cluster.api().stopServer();
    try (PodNetwork unknown = cluster.vm().network().addPod("unknown")) {
      // A resource that nobody asked for before: this token is not in the cache.
      TokenAnswer fresh = TokenAnswer.of(known.askForTokenOf("https://fresh.example"));
      assertThat(fresh.clientId()).isEqualTo(orders.clientId());

      HttpAnswer answer = Curl.in(unknown).request(TestPod.TOKEN_URL, "-H", "Metadata:true");
      assertRefused(answer, 503, "cluster-unavailable", 5);
    } finally {
      cluster.api().startServer();
      cluster.mic().startAgainIfItEnded();
    }

    BoundIdentity later = scene.identity("later");
    TestPod afterwards = scene.boundPod("later", cluster.vm(), later);
    assertThat(TokenAnswer.of(afterwards.askForToken()).clientId()).isEqualTo(later.clientId());
  }

  @Test
  void waitingPodIs503WhenNmiEnds(EndToEndCluster cluster, Scene scene) {
    try (Program nmi = cluster.startNmi()) {
      TestPod waiting = scene.pod("waiting", cluster.spare(), "nothing-has-this-selector");
      CompletableFuture<HttpAnswer> answer = CompletableFuture.supplyAsync(waiting::askForToken);
      Await.until("the request is at NMI", LIMIT, waiting::isConnectedToImds);

      int exitCode = nmi.stop();

      assertRefused(answer.join(), 503, "shutting-down", 5);
      assertThat(exitCode).isZero();
    }
  }

  /** v1 lists exceptions on each request, and says 500 when it cannot. */
  @Test
  void exceptionsCannotBeListedAndNobodyIsServed(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    try (Program nmi = cluster.startNmi(accountWithoutExceptions(cluster, scene))) {
      nmi.process().awaitLine(Pattern.compile("listening address="), LIMIT);
      TestPod pod = scene.boundPod("orders", cluster.spare(), orders);

      assertRefused(pod.askForToken(), 503, "cluster-unavailable");
      assertThat(nmi.health()).isEqualTo("Not Active");
    }
  }

  /** NMI's account, but for one right. */
  private static InClusterAccount accountWithoutExceptions(EndToEndCluster cluster, Scene scene) {
    cluster
        .api()
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: nmi-without-exceptions}
            rules:
            - {apiGroups: [""], resources: [pods], verbs: [list, watch]}
            - {apiGroups: [aadpodidentity.k8s.io], resources: [azureassignedidentities], verbs: [list, watch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: nmi-without-exceptions}
            subjects: [{kind: ServiceAccount, name: default, namespace: %s}]
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: nmi-without-exceptions}
            """
                .formatted(scene.namespace()));
    return InClusterAccount.of(cluster.api(), scene.namespace(), "default");
  }
}
