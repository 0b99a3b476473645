package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.MutableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class KubernetesEventsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final MutableClock CLOCK =
      MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  private static KubernetesClient admin;
  private static KubernetesClient mic;
  private static KubernetesClusterView view;
  private static ExecutorService executor;
  private static KubernetesEvents events;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    mic = TestCluster.shared().asMic();
    view = new KubernetesClusterView(mic, (name, providerId) -> null, Clock.systemUTC());
    TestCluster.follow(view);
    executor = Executors.newSingleThreadExecutor();
    events = new KubernetesEvents(mic, view, executor, CLOCK, CallRate.unlimited());
  }

  @AfterAll
  static void close() {
    executor.shutdownNow();
    view.close();
    mic.close();
    admin.close();
  }

  @Test
  void kubectlDescribeShowsTheEventsOfABinding() {
    DesiredAssignment assignment = bound("described");

    events.assigned(assignment);
    events.assignmentFailed(assignment, error("the scale set is being deleted"));
    events.unassigned(TestObjects.record("described", "node"));
    events.unassignmentFailed(TestObjects.record("described", "node"), error("throttled"));

    Await.asserted(
        SOON,
        () ->
            assertThat(described("described"))
                .contains("Normal binding applied")
                .contains(
                    "aadpodidentity.k8s.io Binding described applied on node node for pod"
                        + " described-default-described")
                .contains("Warning binding apply error")
                .contains(
                    "failed to apply binding default/described node node for pod default/described,"
                        + " error: the scale set is being deleted")
                .contains("Normal binding removed")
                .contains("Binding described removed from node node for pod described")
                .contains("Warning binding remove error")
                .contains(
                    "failed to remove AzureIdentityBinding default/described node node for pod"
                        + " default/described, error: throttled"));
  }

  @Test
  void eventHasTheFieldsThatToolsLookAt() {
    events.assigned(bound("fields"));

    Await.until("the event", SOON, () -> eventsOf("fields").size() == 1);
    Event event = eventsOf("fields").get(0);
    assertThat(event.getType()).isEqualTo("Normal");
    assertThat(event.getReason()).isEqualTo("binding applied");
    assertThat(event.getSource().getComponent()).isEqualTo("aadpodidentity.k8s.io");
    assertThat(event.getInvolvedObject().getKind()).isEqualTo("AzureIdentityBinding");
    assertThat(event.getInvolvedObject().getApiVersion()).isEqualTo("aadpodidentity.k8s.io/v1");
    assertThat(event.getInvolvedObject().getNamespace()).isEqualTo("default");
    assertThat(event.getCount()).isEqualTo(1);
    assertThat(event.getFirstTimestamp()).isEqualTo(event.getLastTimestamp());
  }

  @Test
  void sameEventWithinAQuarterOfAnHourIsCountedAndLaterWrittenAnew() {
    DesiredAssignment assignment = bound("repeated");
    events.assignmentFailed(assignment, error("no"));
    CLOCK.advance(Duration.ofMinutes(14));
    events.assignmentFailed(assignment, error("no"));
    events.assignmentFailed(assignment, error("no"));

    Await.until(
        "the count",
        SOON,
        () -> eventsOf("repeated").stream().anyMatch(event -> event.getCount() == 3));
    assertThat(eventsOf("repeated")).hasSize(1);
    Event event = eventsOf("repeated").get(0);
    assertThat(event.getLastTimestamp()).isGreaterThan(event.getFirstTimestamp());

    CLOCK.advance(Duration.ofMinutes(15));
    events.assignmentFailed(assignment, error("no"));
    Await.until("another event", SOON, () -> eventsOf("repeated").size() == 2);
  }

  @Test
  void sameEventIsWrittenAnewIfTheServerDroppedTheFirst() {
    DesiredAssignment assignment = bound("dropped");
    events.assigned(assignment);
    Await.until("the event", SOON, () -> eventsOf("dropped").size() == 1);
    admin.resource(eventsOf("dropped").get(0)).delete();

    events.assigned(assignment);

    Await.until("the event again", SOON, () -> eventsOf("dropped").size() == 1);
  }

  @Test
  void longMessageIsCutAndNotLost() {
    events.assignmentFailed(bound("wordy"), error("x".repeat(5000)));

    Await.until("the event", SOON, () -> eventsOf("wordy").size() == 1);
    assertThat(eventsOf("wordy").get(0).getMessage()).hasSize(1024);
  }

  /** In a burst those that say that all is well wait for long. */
  @Test
  void warningDoesNotWaitBehindWhatWentWell() {
    Queue<Runnable> tasks = new ArrayDeque<>();
    KubernetesEvents waiting =
        new KubernetesEvents(mic, view, tasks::add, CLOCK, CallRate.unlimited());
    DesiredAssignment assignment = bound("burst");
    waiting.assigned(assignment);
    waiting.unassigned(TestObjects.record("burst", "node"));
    waiting.assignmentFailed(assignment, error("no"));

    tasks.remove().run();
    assertThat(eventsOf("burst")).extracting(Event::getType).containsExactly("Warning");

    tasks.remove().run();
    tasks.remove().run();
    assertThat(tasks).isEmpty();
    assertThat(eventsOf("burst")).hasSize(3);
  }

  @Test
  void callerSeesNothingOfATroubleWithEvents() {
    KubernetesEvents stopping =
        new KubernetesEvents(
            mic,
            view,
            task -> {
              throw new RejectedExecutionException("stopping");
            },
            CLOCK,
            CallRate.unlimited());
    DesiredAssignment assignment = TestObjects.desired("untroubled", "node");
    try (KubernetesClient nobody = TestCluster.shared().asNobody()) {
      KubernetesEvents forbidden =
          new KubernetesEvents(nobody, view, Runnable::run, CLOCK, CallRate.unlimited());

      assertThatCode(() -> stopping.assigned(assignment)).doesNotThrowAnyException();
      assertThatCode(() -> forbidden.assigned(assignment)).doesNotThrowAnyException();
    }
    assertThat(eventsOf("untroubled")).isEmpty();
  }

  private static DesiredAssignment bound(String name) {
    new ClusterObjects(admin).put(TestObjects.binding(name));
    DesiredAssignment desired = TestObjects.desired(name, "node");
    Await.until("the binding", SOON, () -> view.binding(desired.binding().name()) != null);
    return desired;
  }

  private static PodIdentityException error(String message) {
    return new PodIdentityException(ErrorReason.TARGET_REJECTED, message);
  }

  private static String described(String binding) {
    return TestCluster.shared()
        .api()
        .kubectl("describe", "azureidentitybinding", binding, "-n", "default")
        .replaceAll("\\s+", " ")
        .replaceAll(" [0-9smhdy]+ aadpodidentity", " aadpodidentity");
  }

  private static List<Event> eventsOf(String binding) {
    return admin.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(binding))
        .toList();
  }
}
