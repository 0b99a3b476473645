package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.TargetCall;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.MutableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MicMetricsTest {
  private static final Duration TOOK = Duration.ofSeconds(7);
  private static final ComputeTarget MACHINE = ComputeTarget.virtualMachine("s", "g", "vm");
  private static final ComputeTarget SCALE_SET = ComputeTarget.scaleSet("s", "g", "set");

  private final PodIdentityException error =
      new PodIdentityException(ErrorReason.TARGET_REJECTED, "no");
  private final MicMetrics metrics = new MicMetrics(Telemetry.NOOP);
  private final DesiredAssignment desired = Samples.desired();

  // What v1 counts: pkg/crd/crd.go of v1.8.17.
  @Test
  void writesOfRecordsAreCountedAndTimed() {
    MutableClock clock = MutableClock.startingAt(Instant.EPOCH);
    AssignmentStore store =
        new CountedStore(slow(new InMemoryCluster(), clock), metrics.v1(), clock);

    AssignedIdentity record = store.create(desired);
    store.setState(record, AssignmentState.ASSIGNED);
    AssignedIdentity replaced = store.replace(record, desired, AssignmentState.ASSIGNED);
    store.delete(replaced);

    for (String write : List.of("addition", "update", "deletion")) {
      assertCounted(
          "aadpodidentity_assigned_identity_%s_count 1".formatted(write),
          "aadpodidentity_assigned_identity_%s_duration_seconds_sum 7".formatted(write));
    }
    assertThat(text()).doesNotContain("kubernetes_api_operations_errors_count");
  }

  @Test
  void writesThatFailAreCountedByWhatTheyAre() {
    AssignedIdentity record = new InMemoryCluster().create(desired);
    AssignmentStore store =
        new CountedStore(failing(), metrics.v1(), MutableClock.startingAt(Instant.EPOCH));

    List<Runnable> writes =
        List.of(
            () -> store.create(desired),
            () -> store.replace(record, desired, AssignmentState.ASSIGNED),
            () -> store.setState(record, AssignmentState.ASSIGNED),
            () -> store.delete(record));
    writes.forEach(write -> assertThatThrownBy(write::run).isSameAs(error));

    for (String write :
        List.of(
            "assigned_identity_addition",
            "assigned_identity_update",
            "update_azure_assigned_identity_status",
            "assigned_identity_deletion")) {
      assertCounted(
          "aadpodidentity_kubernetes_api_operations_errors_count{operation_type=\"%s\"} 1"
              .formatted(write));
    }
    assertThat(text()).doesNotContain("addition_count", "update_count", "deletion_count");
  }

  // What v1 counts: pkg/cloudprovider/vm.go and vmss.go of v1.8.17; durations of successes only.
  @Test
  void callsOfAzureAreCountedAndTimed() {
    metrics.targetCalled(MACHINE, TargetCall.READ, TOOK);
    metrics.targetCalled(SCALE_SET, TargetCall.CHANGE, TOOK);
    metrics.targetCallFailed(SCALE_SET, TargetCall.READ);
    metrics.targetCallFailed(MACHINE, TargetCall.CHANGE);

    assertCounted(
        "aadpodidentity_cloud_provider_operations_duration_seconds_sum{operation_type=\"vm_get\"} 7",
        "aadpodidentity_cloud_provider_operations_duration_seconds_sum{operation_type=\"vmss_update\"} 7",
        "aadpodidentity_cloud_provider_operations_errors_count{operation_type=\"vmss_get\"} 1",
        "aadpodidentity_cloud_provider_operations_errors_count{operation_type=\"vm_update\"} 1");
  }

  @Test
  void workOnATargetIsACycle() {
    metrics.targetWorked(TOOK);

    assertCounted(
        "aadpodidentity_mic_cycle_count 1", "aadpodidentity_mic_cycle_duration_seconds_sum 7");
  }

  @Test
  void changesAndTheirFailuresAreCountedByTheirReason() {
    AssignedIdentity record = new InMemoryCluster().create(desired);
    metrics.assigned(desired);
    metrics.assignmentFailed(desired, error);
    metrics.unassigned(record);
    metrics.unassignmentFailed(record, error);
    metrics.targetFailed(MACHINE, error);
    metrics.passFailed(new IllegalStateException());
    metrics.objectIgnored(ObjectReference.to(desired.identity()), "problem");

    assertCounted(
        "podidentity_assignment_changes_total{change=\"assign\",result=\"ok\"} 1",
        "podidentity_assignment_changes_total{change=\"assign\",result=\"target-rejected\"} 1",
        "podidentity_assignment_changes_total{change=\"unassign\",result=\"ok\"} 1",
        "podidentity_assignment_changes_total{change=\"unassign\",result=\"target-rejected\"} 1",
        "podidentity_target_failures_total{reason=\"target-rejected\"} 1",
        "podidentity_pass_failures_total 1",
        "podidentity_objects_ignored_total 1");
  }

  @Test
  void whetherItLeadsAndKnowsTheClusterIsSeen() {
    AtomicBoolean leads = new AtomicBoolean();
    metrics.observe(leads::get, () -> true);
    assertCounted("podidentity_leader 0", "podidentity_cluster_synced 1");

    leads.set(true);

    assertCounted("podidentity_leader 1");
  }

  @Test
  void whatIsReportedOfTheClusterIsPassedOnByAllWhoListen() {
    AssignedIdentity record = new InMemoryCluster().create(desired);
    List<String> passedOn = new ArrayList<>();
    Telemetry telemetry =
        new LoggedTelemetry(
            new MicMetrics(noting(passedOn)), MutableClock.startingAt(Instant.EPOCH));

    telemetry.objectIgnored(ObjectReference.to(desired.identity()), "problem");
    telemetry.assigned(desired);
    telemetry.assignmentFailed(desired, error);
    telemetry.unassigned(record);
    telemetry.unassignmentFailed(record, error);
    telemetry.targetFailed(MACHINE, error);
    telemetry.targetWorked(TOOK);
    telemetry.passFailed(error);

    assertThat(passedOn)
        .containsExactly(
            "objectIgnored",
            "assigned",
            "assignmentFailed",
            "unassigned",
            "unassignmentFailed",
            "targetFailed",
            "targetWorked",
            "passFailed");
  }

  private static Telemetry noting(List<String> calls) {
    return (Telemetry)
        Proxy.newProxyInstance(
            Telemetry.class.getClassLoader(),
            new Class<?>[] {Telemetry.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              return null;
            });
  }

  /** Each call takes its time. */
  private static AssignmentStore slow(AssignmentStore store, MutableClock clock) {
    return through(method -> clock.advance(TOOK), store);
  }

  private AssignmentStore failing() {
    return through(
        method -> {
          throw error;
        },
        new InMemoryCluster());
  }

  private static AssignmentStore through(Consumer<String> first, AssignmentStore store) {
    return (AssignmentStore)
        Proxy.newProxyInstance(
            AssignmentStore.class.getClassLoader(),
            new Class<?>[] {AssignmentStore.class},
            (proxy, method, arguments) -> {
              first.accept(method.getName());
              return method.invoke(store, arguments);
            });
  }

  private void assertCounted(String... lines) {
    assertThat(text().lines()).contains(lines);
  }

  private String text() {
    return metrics.registry().text();
  }
}
