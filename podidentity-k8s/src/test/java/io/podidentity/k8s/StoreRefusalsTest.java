package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is particular to a real API server: foreign finalizers, old records, refusals. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class StoreRefusalsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String OTHERS = "example.com/not-yet";

  private static final Provenance FOUND =
      new Provenance(ComputeTarget.virtualMachine("s", "g", "vm"), Set.of(), null);

  private static KubernetesClient admin;
  private static KubernetesClient mic;
  private static KubernetesClient nmi;
  private static KubernetesClusterView view;
  private static KubernetesAssignmentStore store;
  private static ClusterObjects objects;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    mic = TestCluster.shared().asMic();
    nmi = TestCluster.shared().asNmi();
    objects = new ClusterObjects(admin);
    view = new KubernetesClusterView(mic, (name, providerId) -> null, Clock.systemUTC());
    TestCluster.follow(view);
    store = new KubernetesAssignmentStore(mic, view, CallRate.unlimited(), WriteGuard.NONE);
  }

  @AfterAll
  static void close() {
    view.close();
    nmi.close();
    mic.close();
    admin.close();
  }

  @Test
  void finalizerOfAnotherStaysAndTheRecordIsShownAsTerminating() {
    AssignedIdentity record = store.create(ready("held"));
    finalizers(record, OTHERS, RecordDraft.FINALIZER);

    store.delete(record);

    assertThat(objects.resourceOf(record.name()).get().getMetadata().getFinalizers())
        .containsExactly(OTHERS);
    assertThat(view.snapshot().records())
        .filteredOn(found -> found.name().equals(record.name()))
        .extracting(AssignedIdentity::terminating)
        .containsExactly(true);

    finalizers(record);
    store.delete(record);
    assertThat(objects.record(record.name())).isEmpty();
  }

  @Test
  void recordWithoutOurFinalizerIsDeletedToo() {
    AssignedIdentity record = store.create(ready("bare"));
    finalizers(record);

    store.delete(record);

    assertThat(objects.record(record.name())).isEmpty();
  }

  @Test
  void recordThatIsBeingDeletedCanStillChangeItsStateButIsNotTakenForANewOne() {
    DesiredAssignment desired = ready("ending");
    AssignedIdentity record = store.create(desired);
    finalizers(record, OTHERS);
    store.delete(record);

    store.setState(record, AssignmentState.UNASSIGNED);
    assertThat(objects.record(record.name()).orElseThrow().state())
        .isEqualTo(AssignmentState.UNASSIGNED);
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> store.create(desired))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_CONFLICT));

    finalizers(record);
  }

  @Test
  void recordWithoutAStatusGetsOne() {
    NamespacedName name = store.create(ready("no-status")).name();
    objects
        .resourceOf(name)
        .edit(
            resource -> {
              resource.setStatus(null);
              return resource;
            });

    AssignedIdentity record = objects.record(name).orElseThrow();
    store.setState(record, AssignmentState.UNASSIGNED);

    assertThat(objects.resourceOf(name).get().getStatus().status()).isEqualTo("Unassigned");
  }

  @Test
  void recordWithAnEmptyStatusGetsOne() {
    NamespacedName name = store.create(ready("empty-status")).name();
    objects
        .resourceOf(name)
        .edit(
            resource -> {
              resource.setStatus(new io.podidentity.k8s.crd.AssignmentStatus(null, 1, null));
              return resource;
            });

    AssignedIdentity record = objects.record(name).orElseThrow();
    store.setState(record, AssignmentState.ASSIGNED);

    assertThat(objects.record(name).orElseThrow().state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void recordWithoutAnnotationsThatAnotherLedOnIsAConflictAndChangesNothing() {
    AssignedIdentity old = withoutAnnotations("led-on");
    store.setState(old, AssignmentState.ASSIGNED);

    assertConflict(() -> store.setState(old, AssignmentState.UNASSIGNED, FOUND));

    AssignedIdentity now = objects.record(old.name()).orElseThrow();
    assertThat(now.state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(now.provenance().isKnown()).isFalse();
  }

  /** A leader may be stopped for long after it has made sure that it leads. */
  @Test
  void recordWithoutAnnotationsThatChangesRightBeforeTheWriteIsAConflictAndChangesNothing() {
    AssignedIdentity old = withoutAnnotations("frozen");
    AtomicInteger writes = new AtomicInteger();
    AssignmentStore frozen =
        new KubernetesAssignmentStore(
            mic,
            view,
            CallRate.unlimited(),
            () -> {
              if (writes.incrementAndGet() == 2) {
                store.setState(old, AssignmentState.ASSIGNED);
              }
            });

    assertConflict(() -> frozen.setState(old, AssignmentState.UNASSIGNED, FOUND));

    assertThat(writes).hasValue(2);
    AssignedIdentity now = objects.record(old.name()).orElseThrow();
    assertThat(now.state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(now.provenance().isKnown()).isFalse();
  }

  @Test
  void recordWithoutAnnotationsGetsThemThoughItGotALabelMeanwhile() {
    AssignedIdentity old = withoutAnnotations("plain");
    TestCluster.shared()
        .api()
        .kubectl("label", "azureassignedidentity", old.name().name(), "team=blue");

    store.setState(old, AssignmentState.UNASSIGNED, FOUND);

    AssignedIdentity now = objects.record(old.name()).orElseThrow();
    assertThat(now.state()).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(now.provenance()).isEqualTo(FOUND);
  }

  @Test
  void replacedRecordKeepsWhatOthersAddedToIt() {
    DesiredAssignment desired = ready("labelled");
    AssignedIdentity created = store.create(desired);
    TestCluster.shared()
        .api()
        .kubectl("label", "azureassignedidentity", created.name().name(), "team=blue");
    AssignedIdentity record = objects.record(created.name()).orElseThrow();
    Pod reborn = TestObjects.pod("labelled", "node");

    store.replace(
        record,
        new DesiredAssignment(
            desired.record(), reborn, "node", desired.binding(), desired.identity()),
        AssignmentState.CREATED);

    var meta = objects.resourceOf(record.name()).get().getMetadata();
    assertThat(meta.getLabels()).containsEntry("team", "blue").containsEntry("nodename", "node");
    assertThat(meta.getFinalizers()).containsExactly(RecordDraft.FINALIZER);
    assertThat(meta.getAnnotations()).containsEntry("podidentity.io/pod-uid", reborn.uid());
  }

  @Test
  void identityThatChangedSinceThePlanIsAConflict() {
    DesiredAssignment planned = ready("changed");
    objects.put(TestObjects.identity("changed", "other"));
    Await.asserted(
        SOON,
        () ->
            assertThat(view.snapshot().identities())
                .anyMatch(
                    known ->
                        known.name().equals(planned.identity().name())
                            && !known.sameMeaningAs(planned.identity())));

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> store.create(planned))
        .withMessageContaining("AzureIdentity default/changed has just changed")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_CONFLICT));
    assertThat(objects.record(planned.record())).isEmpty();
  }

  @Test
  void missingPermissionIsNamed() {
    DesiredAssignment desired = ready("forbidden");

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(
            () ->
                new KubernetesAssignmentStore(nmi, view, CallRate.unlimited(), WriteGuard.NONE)
                    .create(desired))
        .withMessage(
            "create azureassignedidentities.aadpodidentity.k8s.io"
                + " default/forbidden-default-forbidden: not permitted (status 403); grant create on"
                + " azureassignedidentities.aadpodidentity.k8s.io, as deploy/rbac does")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
  }

  @Test
  void recordInANamespaceThatIsNotThereIsRefused() {
    DesiredAssignment desired = ready("nowhere");
    DesiredAssignment elsewhere =
        new DesiredAssignment(
            new NamespacedName("no-such-namespace", "record"),
            desired.pod(),
            "node",
            desired.binding(),
            desired.identity());

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> store.create(elsewhere))
        .withMessageContaining("status 404")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
  }

  @Test
  void nameThatIsTooLongIsRefused() {
    DesiredAssignment desired = ready("long");
    DesiredAssignment tooLong =
        new DesiredAssignment(
            new NamespacedName("default", "x".repeat(300)),
            desired.pod(),
            "node",
            desired.binding(),
            desired.identity());

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> store.create(tooLong))
        .withMessageContaining("status 422")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
  }

  private static DesiredAssignment ready(String name) {
    objects.put(TestObjects.identity(name));
    objects.put(TestObjects.binding(name));
    DesiredAssignment desired = TestObjects.desired(name, "node");
    Await.asserted(
        SOON,
        () -> {
          assertThat(view.identity(desired.identity().name())).isNotNull();
          assertThat(view.binding(desired.binding().name())).isNotNull();
        });
    return desired;
  }

  /** As v1 writes them. */
  private static AssignedIdentity withoutAnnotations(String name) {
    AssignedIdentity record = store.create(ready(name));
    objects
        .resourceOf(record.name())
        .edit(
            resource -> {
              resource.getMetadata().setAnnotations(null);
              return resource;
            });
    return objects.record(record.name()).orElseThrow();
  }

  private static void assertConflict(ThrowingCallable call) {
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_CONFLICT));
  }

  private static void finalizers(AssignedIdentity record, String... finalizers) {
    objects
        .resourceOf(record.name())
        .edit(
            resource -> {
              resource.getMetadata().setFinalizers(List.of(finalizers));
              return resource;
            });
  }
}
