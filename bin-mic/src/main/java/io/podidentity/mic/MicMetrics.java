package io.podidentity.mic;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.TargetCall;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.bin.metrics.Counter;
import io.podidentity.bin.metrics.Family;
import io.podidentity.bin.metrics.MetricRegistry;
import io.podidentity.bin.metrics.ProcessMetrics;
import io.podidentity.bin.metrics.Reading;
import io.podidentity.bin.metrics.V1Metrics;
import io.podidentity.bin.metrics.V1Metrics.CloudOperation;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The metrics of one MIC: those of AAD Pod Identity v1, and our own, which begin with {@code
 * podidentity_}. {@code docs/metrics.md} explains each. Thread-safe.
 */
public final class MicMetrics implements Telemetry {
  private static final String OK = "ok";
  private static final String ASSIGN = "assign";
  private static final String UNASSIGN = "unassign";

  private final Telemetry next;
  private final MetricRegistry registry = new MetricRegistry();
  private final V1Metrics v1 = new V1Metrics(registry);
  private final Reading leader;
  private final Reading synced;
  private final Family<Counter> changes;
  private final Family<Counter> targetFailures;
  private final Counter passFailures;
  private final Counter ignored;

  /**
   * Metrics of which nothing is counted yet.
   *
   * @param next is told of everything, too
   */
  public MicMetrics(Telemetry next) {
    this.next = next;
    ProcessMetrics.addTo(registry);
    leader =
        registry.gauges("podidentity_leader", "Whether this MIC holds the lease and works.").with();
    synced =
        registry
            .gauges(
                "podidentity_cluster_synced", "Whether it is known what there is in the cluster.")
            .with();
    changes =
        registry.counters(
            "podidentity_assignment_changes_total",
            "Identities assigned to pods or taken from them, and what became of it.",
            "change",
            "result");
    changes.with(ASSIGN, OK);
    changes.with(UNASSIGN, OK);
    targetFailures =
        registry.counters(
            "podidentity_target_failures_total",
            "Changes of virtual machines and scale sets that failed.",
            "reason");
    passFailures =
        registry
            .counters(
                "podidentity_pass_failures_total",
                "Looks at the whole cluster, or work on a whole target, that failed.")
            .with();
    ignored =
        registry
            .counters(
                "podidentity_objects_ignored_total",
                "Objects that were found to be left aside because of how they are written.")
            .with();
  }

  /** Where to look when somebody scrapes. */
  void observe(BooleanSupplier leading, BooleanSupplier clusterIsKnown) {
    leader.from(() -> leading.getAsBoolean() ? 1 : 0);
    synced.from(() -> clusterIsKnown.getAsBoolean() ? 1 : 0);
  }

  /** All of them. */
  public MetricRegistry registry() {
    return registry;
  }

  /** Those of v1. */
  V1Metrics v1() {
    return v1;
  }

  @Override
  public void objectIgnored(ObjectReference object, String problem) {
    ignored.increment();
    next.objectIgnored(object, problem);
  }

  @Override
  public void assigned(DesiredAssignment assignment) {
    changes.with(ASSIGN, OK).increment();
    next.assigned(assignment);
  }

  @Override
  public void assignmentFailed(DesiredAssignment assignment, PodIdentityException error) {
    changes.with(ASSIGN, error.reason().code()).increment();
    next.assignmentFailed(assignment, error);
  }

  @Override
  public void unassigned(AssignedIdentity record) {
    changes.with(UNASSIGN, OK).increment();
    next.unassigned(record);
  }

  @Override
  public void unassignmentFailed(AssignedIdentity record, PodIdentityException error) {
    changes.with(UNASSIGN, error.reason().code()).increment();
    next.unassignmentFailed(record, error);
  }

  @Override
  public void targetFailed(ComputeTarget target, PodIdentityException error) {
    targetFailures.with(error.reason().code()).increment();
    next.targetFailed(target, error);
  }

  @Override
  public void targetWorked(Duration took) {
    v1.cycle(took);
    next.targetWorked(took);
  }

  @Override
  public void targetCalled(ComputeTarget target, TargetCall call, Duration took) {
    v1.cloudCall(operation(target, call), took);
    next.targetCalled(target, call, took);
  }

  @Override
  public void targetCallFailed(ComputeTarget target, TargetCall call) {
    v1.cloudFailed(operation(target, call));
    next.targetCallFailed(target, call);
  }

  private static CloudOperation operation(ComputeTarget target, TargetCall call) {
    if (target instanceof ComputeTarget.ScaleSet) {
      return call == TargetCall.READ ? CloudOperation.VMSS_GET : CloudOperation.VMSS_UPDATE;
    }
    return call == TargetCall.READ ? CloudOperation.VM_GET : CloudOperation.VM_UPDATE;
  }

  @Override
  public void passFailed(RuntimeException error) {
    passFailures.increment();
    next.passFailed(error);
  }
}
