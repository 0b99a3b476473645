package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What NMI writes about pods, with the rights of its own role. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class PodEventsTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final KubernetesClient admin = TestCluster.shared().asAdmin();
  private final KubernetesClient nmi = TestCluster.shared().asNmi();
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final PodEvents events = new PodEvents(nmi, executor, clock);

  @AfterEach
  void close() {
    executor.shutdownNow();
    nmi.close();
    admin.close();
  }

  @Test
  void eventIsOnThePodAndSaysWhatHappened() {
    events.spoofed(pod("victim"), "10.244.0.5", 7);

    Await.until("the event", SOON, () -> of("victim").size() == 1);
    Event event = of("victim").get(0);
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getReason()).isEqualTo("SpoofedAddress");
    assertThat(event.getMessage())
        .isEqualTo(
            "7 packets with this pod's address 10.244.0.5 came from another interface than its own,"
                + " and were dropped: another pod of node n1 may be trying to get its tokens");
    assertThat(event.getInvolvedObject().getKind()).isEqualTo("Pod");
    assertThat(event.getInvolvedObject().getUid()).isEqualTo("uid-victim");
    assertThat(event.getSource().getComponent()).isEqualTo("aadpodidentity.k8s.io");
  }

  @Test
  void isToldOnceInTenMinutesForAPodAndTwentyTimesInAll() {
    for (int i = 0; i < 30; i++) {
      events.spoofed(pod("many-" + i % 25), "10.244.0.5", 1 + i);
    }
    assertThat(written("many-")).isEqualTo(20);

    clock.advance(Duration.ofMinutes(10));
    events.spoofed(pod("many-0"), "10.244.0.5", 99);
    assertThat(written("many-")).isEqualTo(21);
  }

  /** After all that were asked for before. */
  private long written(String prefix) {
    String last = "last-" + clock.instant().getEpochSecond();
    new PodEvents(nmi, executor, clock).spoofed(pod(last), "10.244.0.6", 1);
    Await.until("the last event", SOON, () -> of(last).size() == 1);
    return admin.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().startsWith(prefix))
        .count();
  }

  private List<Event> of(String pod) {
    return admin
        .v1()
        .events()
        .inNamespace("default")
        .withField("involvedObject.name", pod)
        .list()
        .getItems();
  }

  private static Pod pod(String name) {
    return new Pod(
        new NamespacedName("default", name),
        "uid-" + name,
        "n1",
        Map.of(),
        Set.of(),
        PodPhase.RUNNING,
        false,
        false);
  }
}
