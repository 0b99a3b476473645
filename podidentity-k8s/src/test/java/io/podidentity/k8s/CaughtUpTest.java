package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.Pod;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whether a view is an old one is asked of its watches. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class CaughtUpTest {
  private static final Duration PING = Duration.ofSeconds(2);
  private static final Duration SOON = Duration.ofSeconds(1);

  @Test
  void viewWhoseWatchesAreAliveIsCaughtUpAtOnce() throws Exception {
    WatchSockets sockets = new WatchSockets();
    try (Relay relay = relay();
        KubernetesClient mic = mic(relay, sockets);
        KubernetesClusterView view = view(mic, sockets)) {
      TestCluster.follow(view);
      // A watch that has just been opened may have more to tell.
      view.caughtUp().get(30, TimeUnit.SECONDS);

      view.caughtUp().get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void viewWhoseWatchesAreDeadIsCaughtUpWhenTheyHaveBeenOpenedAnew() throws Exception {
    WatchSockets sockets = new WatchSockets();
    try (Relay relay = relay();
        KubernetesClient admin = TestCluster.shared().asAdmin();
        KubernetesClient mic = mic(relay, sockets);
        KubernetesClusterView view = view(mic, sockets)) {
      TestCluster.follow(view);
      view.caughtUp().get(30, TimeUnit.SECONDS);
      relay.forgetConnections();
      Pod pod =
          new ClusterObjects(admin)
              .put(TestObjects.pod("missed-by-a-dead-watch", "caught-up-node"));
      CompletableFuture<Boolean> shown =
          view.caughtUp()
              .thenApply(
                  any ->
                      view.snapshot().pods().stream()
                          .anyMatch(known -> known.name().equals(pod.name())));

      assertThat(shown.get(30, TimeUnit.SECONDS)).isTrue();
      view.caughtUp().get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static Relay relay() {
    return Relay.to(URI.create(KubeApiServer.shared().url()));
  }

  private static KubernetesClient mic(Relay relay, WatchSockets sockets) {
    return TestCluster.shared().asMicThrough(relay, PING, sockets);
  }

  private static KubernetesClusterView view(KubernetesClient mic, WatchSockets sockets) {
    return new KubernetesClusterView(mic, sockets, (name, providerId) -> null, Clock.systemUTC());
  }
}
