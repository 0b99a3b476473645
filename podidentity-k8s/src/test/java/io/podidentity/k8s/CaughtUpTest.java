package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.Pod;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.net.Relay;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether a view is an old one is asked of its watches. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class CaughtUpTest {
  private static final Duration PING = Duration.ofSeconds(2);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration NEVER = Duration.ofHours(1);

  private final WatchSockets sockets = new WatchSockets();
  private Relay relay;
  private KubernetesClient admin;
  private KubernetesClient mic;

  @BeforeEach
  void connect() {
    relay = Relay.to(URI.create(KubeApiServer.shared().url()));
    admin = TestCluster.shared().asAdmin();
    mic = TestCluster.shared().asMicThrough(relay, PING, sockets);
  }

  @AfterEach
  void disconnect() {
    mic.close();
    admin.close();
    relay.close();
  }

  @Test
  void viewWhoseWatchesAreAliveIsCaughtUpAtOnce() throws Exception {
    try (KubernetesClusterView view = view(sockets, NEVER)) {
      TestCluster.follow(view);
      // A watch that has just been opened may have more to tell.
      view.caughtUp().get(30, TimeUnit.SECONDS);

      view.caughtUp().get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void viewWhoseWatchesAreDeadIsCaughtUpWhenTheyHaveBeenOpenedAnew() throws Exception {
    try (KubernetesClusterView view = view(sockets, NEVER)) {
      TestCluster.follow(view);
      view.caughtUp().get(30, TimeUnit.SECONDS);
      relay.forgetConnections();

      assertThat(showsWhenCaughtUp(view, "missed-by-a-dead-watch").get(30, TimeUnit.SECONDS))
          .isTrue();
      view.caughtUp().get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** As where nothing lets WebSockets pass. */
  @Test
  void viewWithoutWebSocketsIsCaughtUpWhenItHasComeAsFarAsAList() throws Exception {
    try (KubernetesClusterView view = view(new WatchSockets(), Duration.ZERO)) {
      TestCluster.follow(view);
      view.caughtUp().get(30, TimeUnit.SECONDS);
      relay.forgetConnections();

      assertThat(showsWhenCaughtUp(view, "missed-by-a-silent-watch").get(30, TimeUnit.SECONDS))
          .isTrue();
    }
  }

  @Test
  void viewThatIsClosedIsAskedNoMore() {
    CompletableFuture<Void> caughtUp;
    try (KubernetesClusterView view = view(new WatchSockets(), NEVER)) {
      caughtUp = view.caughtUp();
      assertThat(caughtUp).isNotDone();
    }

    assertThat(caughtUp).isCancelled();
  }

  /** Whether the view shows a pod that came just before it was asked. */
  private CompletableFuture<Boolean> showsWhenCaughtUp(KubernetesClusterView view, String name) {
    Pod pod = new ClusterObjects(admin).put(TestObjects.pod(name, "caught-up-node"));
    return view.caughtUp()
        .thenApply(
            any ->
                view.snapshot().pods().stream().anyMatch(known -> known.name().equals(pod.name())));
  }

  private KubernetesClusterView view(WatchSockets asked, Duration patience) {
    return new KubernetesClusterView(
        mic, new CatchingUp(asked, patience), (name, providerId) -> null, Clock.systemUTC());
  }
}
