package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.net.Relay;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the view calls back, and that it shows the store's writes at once. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class ViewNudgesTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private KubernetesClient admin;
  private KubernetesClient mic;
  private Relay relay;
  private KubernetesClient watching;
  private KubernetesClusterView view;
  private KubernetesAssignmentStore store;
  private ClusterObjects objects;
  private final AtomicInteger nudges = new AtomicInteger();

  @BeforeEach
  void follow() {
    admin = TestCluster.shared().asAdmin();
    mic = TestCluster.shared().asMic();
    objects = new ClusterObjects(admin);
    relay = Relay.to(URI.create(KubeApiServer.shared().url()));
    watching = TestCluster.shared().asMicThrough(relay, Duration.ofSeconds(1));
    view = new KubernetesClusterView(watching, (name, providerId) -> null, Clock.systemUTC());
    store = new KubernetesAssignmentStore(mic, view, CallRate.unlimited(), WriteGuard.NONE);
  }

  @AfterEach
  void close() {
    view.close();
    watching.close();
    relay.close();
    mic.close();
    admin.close();
  }

  @Test
  void thereIsNoSnapshotBeforeTheFirstListsAndANudgeWhenTheyHaveCome() {
    view.onChange(nudges::incrementAndGet);
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(view::snapshot)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
    assertThat(view.hasSynced()).isFalse();

    TestCluster.begin(view);

    Await.until("a nudge", SOON, () -> nudges.get() > 0);
    assertThat(view.snapshot()).isNotNull();
  }

  @Test
  void editsOfMetadataAndOfWhatIsNotShownDoNotNudge() {
    AzureIdentity identity = TestObjects.identity("quiet");
    Pod pod = TestObjects.pod("quiet", "node");
    objects.put(identity);
    objects.put(pod);
    begin();

    label("azureidentity/quiet");
    label("pod/quiet");
    // The end of the sequence: what would have come before it has come.
    objects.put(TestObjects.binding("quiet"));

    Await.until("the binding", SOON, () -> nudges.get() > 0);
    awaitLabelled(identity.name());
    assertThat(nudges).hasValue(1);
  }

  @Test
  void changeOfASpecNudges() {
    objects.put(TestObjects.identity("loud"));
    begin();

    objects.put(TestObjects.identity("loud", "another"));

    Await.until("a nudge", SOON, () -> nudges.get() > 0);
  }

  @Test
  void podThatLosesTheLabelIsShownNoLonger() {
    Pod pod = TestObjects.pod("unlabelled", "node");
    objects.put(pod);
    begin();
    assertThat(isShown(pod)).isTrue();

    TestCluster.shared()
        .api()
        .kubectl("label", "pod", "unlabelled", IdentityBinding.POD_LABEL + "-");

    Await.until("the pod to go", SOON, () -> !isShown(pod));
    assertThat(nudges.get()).isPositive();
  }

  @Test
  void everyWriteIsInTheNextSnapshotThoughTheWatchSaysNothingYet() {
    DesiredAssignment desired = ready("written");
    relay.forgetConnections();

    AssignedIdentity created = store.create(desired);
    assertThat(shown(created.name())).contains(created);

    AssignedIdentity assigned = store.setState(created, AssignmentState.ASSIGNED);
    assertThat(shown(created.name())).contains(assigned);
    assertThat(assigned.state()).isEqualTo(AssignmentState.ASSIGNED);

    store.delete(assigned);
    assertThat(shown(created.name())).isEmpty();

    AssignedIdentity again = store.create(desired);
    assertThat(shown(again.name())).contains(again);

    // And so it is when the watch has caught up, which the record of another's shows.
    AssignedIdentity last = TestObjects.record("last", "node");
    objects.put(last);
    Await.until("the watch", SOON, () -> shown(last.name()).isPresent());
    assertThat(shown(again.name())).contains(again);
  }

  @Test
  void deletionThroughTheStoreNudgesSinceItsNameIsFreeNow() {
    AssignedIdentity created = store.create(ready("freed"));
    int before = nudges.get();

    store.delete(created);

    assertThat(nudges.get()).isGreaterThan(before);
  }

  @Test
  void recordThatSomeoneElseDeletesNudges() {
    AssignedIdentity created = store.create(ready("taken"));
    int before = nudges.get();

    objects.deleteRecord(created.name());

    Await.until("the record to go", SOON, () -> shown(created.name()).isEmpty());
    Await.until("a nudge", SOON, () -> nudges.get() > before);
  }

  @Test
  void recordsShareWhatTheClusterHoldsHoweverTheyBecameKnown() {
    DesiredAssignment desired = ready("shared");
    NamespacedName record = store.create(desired).name();
    assertSharesParts(view, record);

    try (KubernetesClusterView later =
        new KubernetesClusterView(mic, (name, providerId) -> null, Clock.systemUTC())) {
      TestCluster.follow(later);
      assertSharesParts(later, record);
    }
  }

  /** The cloud's configuration says whose machines are ours, and may change. */
  @Test
  void nodesAreAskedForTheirTargetsAnewWhenTheyMayDiffer() {
    ComputeTarget machine = ComputeTarget.virtualMachine("s", "g", "moved");
    AtomicReference<@Nullable ComputeTarget> target = new AtomicReference<>();
    objects.put(new Node("moved", machine));
    try (KubernetesClusterView asked =
        new KubernetesClusterView(watching, (name, id) -> target.get(), Clock.systemUTC())) {
      TestCluster.follow(asked);
      asked.onChange(nudges::incrementAndGet);
      assertThat(asked.snapshot().nodes()).contains(new Node("moved", null));
      target.set(machine);

      asked.targetsMayDiffer();

      assertThat(asked.snapshot().nodes()).contains(new Node("moved", machine));
      assertThat(nudges.get()).isPositive();
    } finally {
      objects.deleteNode("moved");
    }
  }

  private static void assertSharesParts(KubernetesClusterView view, NamespacedName record) {
    ClusterSnapshot snapshot = view.snapshot();
    AssignedIdentity found =
        snapshot.records().stream().filter(r -> r.name().equals(record)).findFirst().orElseThrow();
    assertThat(snapshot.identities())
        .anySatisfy(identity -> assertThat(identity).isSameAs(found.identity()));
    assertThat(snapshot.bindings())
        .anySatisfy(binding -> assertThat(binding).isSameAs(found.binding()));
  }

  private DesiredAssignment ready(String name) {
    objects.put(TestObjects.identity(name));
    objects.put(TestObjects.binding(name));
    begin();
    DesiredAssignment desired = TestObjects.desired(name, "node");
    Await.asserted(
        SOON,
        () -> {
          assertThat(view.identity(desired.identity().name())).isNotNull();
          assertThat(view.binding(desired.binding().name())).isNotNull();
        });
    return desired;
  }

  private void begin() {
    TestCluster.follow(view);
    view.onChange(nudges::incrementAndGet);
    nudges.set(0);
  }

  private void label(String object) {
    TestCluster.shared()
        .api()
        .kubectl("label", object, "-n", "default", "test=" + nudges.hashCode(), "--overwrite");
  }

  private void awaitLabelled(NamespacedName identity) {
    Await.until(
        "the label to arrive",
        SOON,
        () ->
            Optional.ofNullable(view.identity(identity))
                .map(known -> known.getMetadata().getLabels())
                .orElse(Map.of())
                .containsKey("test"));
  }

  private Optional<AssignedIdentity> shown(NamespacedName record) {
    return view.snapshot().records().stream()
        .filter(found -> found.name().equals(record))
        .findFirst();
  }

  private boolean isShown(Pod pod) {
    return view.snapshot().pods().stream().anyMatch(found -> found.name().equals(pod.name()));
  }
}
