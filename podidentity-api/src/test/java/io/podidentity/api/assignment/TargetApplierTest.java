package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.PodBuilder.bound;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.node;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.RecordingTelemetry;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Pods on {@code n1}; a pod {@code P} that is bound to identity {@code I} has a label of that name.
 */
class TargetApplierTest {
  private static final ComputeTarget N1 = machine("n1");

  private final CallLog log = new CallLog();
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final InMemoryCluster cluster = new InMemoryCluster(log, clock);
  private final InMemoryAzure azure = new InMemoryAzure(log);
  private final RecordingTelemetry telemetry = new RecordingTelemetry();

  TargetApplierTest() {
    cluster.put(node("n1"));
  }

  @Test
  void aRecordIsWrittenBeforeItsIdentityIsAttachedAndConfirmedAfter() {
    bind("web", identity("default/x"));

    assertThat(apply().isComplete()).isTrue();

    assertThat(log.calls())
        .containsExactly(
            "create default/web-default-x", "attach n1 x", "state default/web-default-x Assigned");
    assertThat(telemetry.reports()).containsExactly("assigned default/web-default-x");
  }

  @Test
  void aRecordIsAnnouncedBeforeItsIdentityIsDetachedAndDeletedAfter() {
    assigned("web", identity("default/x"));

    assertThat(apply().isComplete()).isTrue();

    assertThat(log.calls())
        .containsExactly(
            "state default/web-default-x Unassigned",
            "detach n1 x",
            "delete default/web-default-x");
    assertThat(telemetry.reports()).containsExactly("unassigned default/web-default-x");
  }

  @Test
  void aRecordWhoseIdentityAnotherNeedsIsDeletedWithoutAnAnnouncement() {
    bind("web", identity("default/x"));
    apply();
    log.calls().clear();
    assigned("gone", identity("default/x"));

    assertThat(apply().isComplete()).isTrue();

    assertThat(log.calls()).containsExactly("delete default/gone-default-x");
    assertThat(azure.on(N1)).containsExactly(identityId("x"));
  }

  @Test
  void aRecordOfAServicePrincipalIsDeletedBeforeAzureIsAsked() {
    assigned("gone", servicePrincipal("default/sp"));
    bind("web", identity("default/x"));

    assertThat(apply().isComplete()).isTrue();

    assertThat(log.calls())
        .containsExactly(
            "delete default/gone-default-sp",
            "create default/web-default-x",
            "attach n1 x",
            "state default/web-default-x Assigned");
  }

  /** Or the identity would be taken for one that was there before MIC came. */
  @Test
  void aRecordIsDeletedAfterTheOneThatLearnsFromItWhoseTheIdentityIs() {
    assigned("gone", identity("default/x"));
    bind("web", identity("default/x"));

    assertThat(apply().isComplete()).isTrue();

    assertThat(log.calls())
        .containsExactly(
            "state default/gone-default-x Unassigned",
            "create default/web-default-x Assigned",
            "delete default/gone-default-x");
  }

  @Test
  void additionsComeBeforeRemovals() {
    assigned("gone", identity("default/old"));
    bind("web", identity("default/x"));

    apply();

    assertThat(log.calls())
        .containsSubsequence("attach n1 x", "detach n1 old", "delete default/gone-default-old");
    assertThat(azure.on(N1)).containsExactly(identityId("x"));
  }

  @Test
  void aNewIdentityIsAttachedAndRecordedBeforeTheOldOneIsDetached() {
    changed("web", identity("default/x", "old"), identity("default/x", "new"));

    assertThat(apply().isComplete()).isTrue();
    assertThat(apply().isComplete()).isTrue();

    assertThat(log.calls())
        .containsExactly(
            "note default/web-default-x Assigned",
            "attach n1 new",
            "replace default/web-default-x Assigned",
            "detach n1 old",
            "note default/web-default-x Assigned");
    assertThat(plan().targets()).isEmpty();
  }

  @Test
  void aPodThatTakesOverARecordDoesNotWaitForWhatElseIsDetached() {
    assigned("gone", identity("default/old"));
    bind("web", identity("default/x"));
    cluster.put(
        record(bound("default/web", "web"), identity("default/x"))
            .binding(binding("default/web", "x", "web"))
            .podUid("earlier")
            .build());

    apply();

    assertThat(log.calls())
        .containsSubsequence("replace default/web-default-x Assigned", "detach n1 old");
  }

  @Test
  void whatCouldNotBeRecordedIsNotAttached() {
    bind("web", identity("default/x"));
    cluster.failWrites(new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "away"));

    ReconcileReport report = apply();

    assertThat(report.failures()).isEqualTo(1);
    assertThat(log.calls()).containsExactly("create default/web-default-x");
    assertThat(azure.on(N1)).isEmpty();
    assertThat(telemetry.reports())
        .containsExactly("not assigned default/web-default-x: CLUSTER_UNAVAILABLE");
  }

  @Test
  void whatCouldNotBeAnnouncedIsNeitherDetachedNorDeleted() {
    assigned("web", identity("default/x"));
    log.failAt(0, new PodIdentityException(ErrorReason.CLUSTER_CONFLICT, "revived"));

    ReconcileReport report = apply();

    assertThat(report.failures()).isEqualTo(1);
    assertThat(azure.on(N1)).containsExactly(identityId("x"));
    assertThat(state("web-default-x")).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(telemetry.reports())
        .containsExactly("not unassigned default/web-default-x: CLUSTER_CONFLICT");
  }

  @Test
  void aRejectedIdentityKeepsNoOtherOffTheTarget() {
    bind("bad", identity("default/bad"));
    bind("web", identity("default/x"));
    bind("api", identity("default/y"));
    azure.reject(identityId("bad"));

    ReconcileReport report = apply();

    assertThat(report.isComplete()).isTrue();
    assertThat(report.heldFor()).isEqualTo(Duration.ofSeconds(10));
    assertThat(azure.on(N1)).containsExactlyInAnyOrder(identityId("x"), identityId("y"));
    assertThat(telemetry.reports())
        .contains("assigned default/web-default-x", "assigned default/api-default-y")
        .doesNotContain("assigned default/bad-default-bad");
  }

  @Test
  void aRejectedIdentityKeepsNoServicePrincipalWaiting() {
    bind("sp", servicePrincipal("default/sp"));
    bind("web", identity("default/bad"));
    azure.reject(identityId("bad"));

    ReconcileReport report = apply();

    assertThat(report.failures()).isZero();
    assertThat(state("sp-default-sp")).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(state("web-default-bad")).isEqualTo(AssignmentState.CREATED);
    assertThat(telemetry.reports())
        .containsExactlyInAnyOrder(
            "target n1: TARGET_REJECTED",
            "not assigned default/web-default-bad: TARGET_REJECTED",
            "assigned default/sp-default-sp");
  }

  @Test
  void aRejectedIdentityKeepsNoRemovalWaiting() {
    assigned("gone", identity("default/old"));
    bind("web", identity("default/bad"));
    azure.reject(identityId("bad"));

    apply();

    assertThat(azure.on(N1)).isEmpty();
    assertThat(cluster.records()).doesNotContainKey(name("default/gone-default-old"));
  }

  @Test
  void aRejectedIdentityLeavesTheOneThatItReplacesEvenIfAnotherLeavesThatToo() {
    changed("web", identity("default/x", "old"), identity("default/x", "bad"));
    assigned("gone", identity("default/o", "old"));
    azure.reject(identityId("bad"));

    apply();

    assertThat(azure.on(N1)).containsExactly(identityId("old"));
    assertThat(state("web-default-x")).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(cluster.records()).doesNotContainKey(name("default/gone-default-o"));
  }

  @Test
  void aTargetThatAsksToBeLeftAloneIsAskedNoMore() {
    bind("web", identity("default/x"));
    assigned("gone", identity("default/old"));
    azure.fail(throttled());

    ReconcileReport report = apply();

    assertThat(report.retryAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(azure.reads()).hasSize(1);
    assertThat(log.calls()).noneMatch(call -> call.contains("tach n1"));
    assertThat(state("gone-default-old")).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(telemetry.reports())
        .containsExactlyInAnyOrder(
            "target n1: TARGET_UNAVAILABLE",
            "not assigned default/web-default-x: TARGET_UNAVAILABLE",
            "not unassigned default/gone-default-old: TARGET_UNAVAILABLE");
  }

  @Test
  void aFailedRemovalHoldsUpOnlyWhatIsToBeDetached() {
    assigned("gone", identity("default/old"));
    assigned("other", servicePrincipal("default/sp"));
    changed("web", servicePrincipal("default/x"), identity("default/x"));
    azure.checkDetach(TargetApplierTest::locked);

    ReconcileReport report = apply();

    assertThat(report.failures()).isEqualTo(1);
    assertThat(state("gone-default-old")).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(telemetry.reports())
        .containsExactlyInAnyOrder(
            "assigned default/web-default-x",
            "unassigned default/other-default-sp",
            "target n1: TARGET_REJECTED",
            "not unassigned default/gone-default-old: TARGET_REJECTED");
  }

  @Test
  void aFailedDetachIsToldForAllThatWaitForIt() {
    assigned("gone", identity("default/old"));
    changed("web", identity("default/x", "left"), servicePrincipal("default/x"));
    azure.checkDetach(TargetApplierTest::locked);

    ReconcileReport report = apply();

    assertThat(report.failures()).isEqualTo(1);
    assertThat(telemetry.reports())
        .containsExactlyInAnyOrder(
            "assigned default/web-default-x",
            "target n1: TARGET_REJECTED",
            "not unassigned default/gone-default-old: TARGET_REJECTED");
    telemetry.reports().clear();
    apply();
    assertThat(telemetry.reports())
        .containsExactlyInAnyOrder(
            "target n1: TARGET_REJECTED",
            "not unassigned default/web-default-x: TARGET_REJECTED",
            "not unassigned default/gone-default-old: TARGET_REJECTED");
    assertThat(cluster.records()).hasSize(2);
  }

  @Test
  void removingFromATargetThatIsGoneIsASuccess() {
    assigned("web", identity("default/x"));
    azure.fail(new PodIdentityException(ErrorReason.TARGET_NOT_FOUND, "no such machine"));

    assertThat(apply().isComplete()).isTrue();

    assertThat(cluster.records()).isEmpty();
    assertThat(telemetry.reports()).containsExactly("unassigned default/web-default-x");
  }

  /** As after a restart without {@code --allowed-subscriptions}. */
  @Test
  void nothingIsForgottenOfATargetThatIsNotPermitted() {
    bind("web", identity("default/x"));
    apply();
    telemetry.reports().clear();
    assigned("gone", identity("default/y"));
    azure.fail(new PodIdentityException(ErrorReason.TARGET_NOT_PERMITTED, "not ours"));

    assertThat(apply().isComplete()).isFalse();

    assertThat(state("web-default-x")).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(cluster.records()).containsKey(name("default/gone-default-y"));
    assertThat(telemetry.reports())
        .containsExactlyInAnyOrder(
            "target n1: TARGET_NOT_PERMITTED",
            "not unassigned default/gone-default-y: TARGET_NOT_PERMITTED");
  }

  @Test
  void addingToATargetThatIsGoneFails() {
    bind("web", identity("default/x"));
    azure.fail(new PodIdentityException(ErrorReason.TARGET_NOT_FOUND, "no such machine"));

    assertThat(apply().failures()).isEqualTo(1);

    assertThat(state("web-default-x")).isEqualTo(AssignmentState.CREATED);
  }

  @Test
  void withoutATargetAzureIsNotAskedAndWhatNeedsNoneIsDone() {
    cluster.put(node("n1", null));
    bind("sp", servicePrincipal("default/sp"));
    bind("web", identity("default/x"));
    assigned("gone", identity("default/old"));

    ReconcileReport report = apply();

    assertThat(report.failures()).isEqualTo(1);
    assertThat(log.calls()).noneMatch(call -> call.contains("tach "));
    assertThat(state("sp-default-sp")).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(state("web-default-x")).isEqualTo(AssignmentState.CREATED);
    assertThat(cluster.records()).doesNotContainKey(name("default/gone-default-old"));
    assertThat(telemetry.reports())
        .contains("not assigned default/web-default-x: TARGET_NOT_FOUND");
  }

  @Test
  void aRecordThatIsGoneWhenItIsConfirmedIsAFailure() {
    bind("web", identity("default/x"));
    TargetPlan plan = plan().targets().get(0);
    log.failAt(4, new PodIdentityException(ErrorReason.CLUSTER_CONFLICT, "gone"));

    ReconcileReport report = applier(4).apply(plan);

    assertThat(report.failures()).isEqualTo(1);
    assertThat(telemetry.reports())
        .containsExactly("not assigned default/web-default-x: CLUSTER_CONFLICT");
  }

  @Test
  void aBatchHoldsAtLeastOne() {
    assertThatThrownBy(() -> applier(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchSize must be at least 1");
  }

  private void bind(String pod, AzureIdentity identity) {
    cluster.put(bound("default/" + pod, pod));
    cluster.put(identity);
    cluster.put(binding("default/" + pod, identity.name().name(), pod));
  }

  /** A record whose pod is gone. */
  private void assigned(String pod, AzureIdentity identity) {
    cluster.put(record(bound("default/" + pod, pod), identity).build());
    putOnMachine(identity);
  }

  private void changed(String pod, AzureIdentity before, AzureIdentity after) {
    bind(pod, after);
    cluster.put(
        record(bound("default/" + pod, pod), before)
            .binding(binding("default/" + pod, before.name().name(), pod))
            .build());
    putOnMachine(before);
  }

  private void putOnMachine(AzureIdentity identity) {
    TargetPlans.managedIdentity(identity).forEach(id -> azure.put(N1, id));
  }

  private AssignmentState state(String record) {
    AssignedIdentity found = cluster.records().get(name("default/" + record));
    assertThat(found).as(record).isNotNull();
    return found.state();
  }

  private AssignmentPlan plan() {
    return new AssignmentPlanner(new PlannerOptions(false, Set.of())).plan(cluster.snapshot());
  }

  private ReconcileReport apply() {
    List<TargetPlan> targets = plan().targets();
    assertThat(targets).hasSize(1);
    return applier(4).apply(targets.get(0));
  }

  private TargetApplier applier(int batchSize) {
    return new TargetApplier(
        cluster, azure, telemetry, Runnable::run, Scene.EXACT.withBatchSize(batchSize), clock);
  }

  private static void locked(ComputeTarget target, Set<ResourceId> detach) {
    if (!detach.isEmpty()) {
      throw new PodIdentityException(ErrorReason.TARGET_REJECTED, "locked");
    }
  }

  private static PodIdentityException throttled() {
    return new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE, "429", Duration.ofSeconds(30), null);
  }
}
