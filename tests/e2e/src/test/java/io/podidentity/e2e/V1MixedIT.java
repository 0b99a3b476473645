package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.HttpAnswer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An upgrade that has come to the nodes and not to MIC yet: {@link V1Mic} writes the records. */
@EndToEnd
final class V1MixedIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void nmiServesWhatV1sMicWrites(EndToEndCluster cluster, Scene scene) {
    V1Mic v1 = new V1Mic(cluster.api());
    Program mic = cluster.mic();
    mic.stop();
    try {
      BoundIdentity orders = scene.identity("orders");
      scene.bind(orders, "orders");
      TestPod pod = scene.pod("orders", cluster.vm(), "orders");
      CompletableFuture<HttpAnswer> answer = CompletableFuture.supplyAsync(pod::askForToken);
      Await.until("the request is at NMI", LIMIT, pod::isConnectedToImds);

      v1.create(scene.namespace(), pod.name(), pod.node().name(), orders.name(), "Created");
      cluster.azure().attach(orders, pod.node());
      v1.setState(scene.recordName(pod, orders), "Assigned");
      assertThat(TokenAnswer.of(answer.join()).clientId()).isEqualTo(orders.clientId());

      v1.setState(scene.recordName(pod, orders), "Unassigned");
      scene.delete("azureidentitybinding/" + orders.name() + "-binding");
      cluster.azure().detach(orders, pod.node());
      v1.remove(scene.recordName(pod, orders));
      TestPod refused = scene.pod("refused", cluster.secondInstance(), "orders");
      assertRefused(refused.askForToken(), 404, "identity-not-bound");
    } finally {
      mic.start();
      mic.awaitActive();
    }
  }

  /** v1 goes back to {@code Created} for any edit; with the old identity's ID nobody is served. */
  @Test
  void nmiFollowsV1sMicThroughAnEditOfAnIdentity(EndToEndCluster cluster, Scene scene) {
    V1Mic v1 = new V1Mic(cluster.api());
    Program mic = cluster.mic();
    mic.stop();
    try {
      BoundIdentity before = scene.identity("orders");
      BoundIdentity after = scene.identity("after");
      scene.bind(before, "orders");
      TestPod pod = scene.pod("orders", cluster.vm(), "orders");
      // Very old ones wrote no state.
      v1.create(scene.namespace(), pod.name(), pod.node().name(), before.name(), "");
      cluster.azure().attach(before, pod.node());
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(before.clientId());

      String record = scene.recordName(pod, before);
      scene.bind(new BoundIdentity(before.name(), after.resourceId(), after.clientId()), "orders");
      v1.rewriteAsCreated(record);
      CompletableFuture<HttpAnswer> answer = CompletableFuture.supplyAsync(pod::askForToken);
      Await.until("the request is at NMI", LIMIT, pod::isConnectedToImds);
      cluster.azure().attach(after, pod.node());
      v1.setState(record, "Assigned");

      assertThat(TokenAnswer.of(answer.join()).clientId()).isEqualTo(after.clientId());
      cluster.azure().detach(before, pod.node());
      cluster.azure().detach(after, pod.node());
      scene.remove(pod);
      v1.remove(record);
    } finally {
      mic.start();
      mic.awaitActive();
    }
  }
}
