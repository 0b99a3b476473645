package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.RecordingTelemetry;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import java.time.Duration;
import java.util.Set;

/**
 * Pods on {@code n1}, its Azure, and MIC's two steps over them. A pod's label is its identity's
 * name.
 */
final class Scene {
  static final ComputeTarget N1 = machine("n1");

  /** The usual ones, with rests that are not left to chance. */
  static final ApplierOptions EXACT =
      new ApplierOptions(20, 200, new RetryPolicy(Duration.ofSeconds(10), Duration.ofMinutes(10)));

  final CallLog log = new CallLog();
  final ManualClock clock = new ManualClock(Samples.NOW);
  final InMemoryCluster cluster = new InMemoryCluster(log, clock);
  final InMemoryAzure azure = new InMemoryAzure(log);
  final RecordingTelemetry telemetry = new RecordingTelemetry();

  /** Whether it is not known that what is not seen is gone. */
  boolean keepsAll;

  private final AssignmentPlanner planner;
  private final TargetApplier applier;

  Scene(Duration detachDelay) {
    this(detachDelay, EXACT);
  }

  Scene(Duration detachDelay, ApplierOptions options) {
    this(detachDelay, options, Set.of());
  }

  Scene(Duration detachDelay, Set<String> immutable) {
    this(detachDelay, EXACT, immutable);
  }

  private Scene(Duration detachDelay, ApplierOptions options, Set<String> immutable) {
    this(new PlannerOptions(false, immutable, "", false, detachDelay), options);
  }

  Scene(PlannerOptions planned, ApplierOptions options) {
    planner = new AssignmentPlanner(() -> planned.keepingAll(keepsAll));
    applier = new TargetApplier(cluster, azure, telemetry, Runnable::run, options, clock);
    cluster.put(node("n1"));
  }

  /** An identity of that name, and a binding of it to the label of that name. */
  void identity(String name) {
    cluster.put(Samples.identity("default/" + name));
    cluster.put(binding("default/" + name, name, name));
  }

  /** A pod that is bound to the identity, which there is from now on. */
  void pod(String pod, String identity) {
    pod(pod, identity, "uid-of-" + pod);
  }

  void pod(String pod, String identity, String uid) {
    identity(identity);
    cluster.put(
        PodBuilder.pod("default/" + pod).bindingLabel(identity).node("n1").uid(uid).build());
  }

  void gone(String pod) {
    cluster.removePod("default/" + pod);
  }

  AssignmentPlan plan() {
    return planner.plan(cluster.snapshot());
  }

  /** Plans and carries out; gives the report about {@code n1}. */
  ReconcileReport run() {
    ReconcileReport report = new ReconcileReport(0, false, null, null);
    for (TargetPlan plan : plan().targets()) {
      report = applier.apply(plan);
    }
    return report;
  }

  /** The same, and looks for what should be there. */
  void check() {
    planner.plan(cluster.snapshot(), target -> true).targets().forEach(applier::apply);
  }

  AssignedIdentity record(String pod, String identity) {
    AssignedIdentity record =
        cluster.records().get(name("default/%s-default-%s".formatted(pod, identity)));
    assertThat(record).as(pod).isNotNull();
    return record;
  }

  /** The same record after somebody has deleted it: its finalizer holds it. */
  AssignedIdentity terminating(String pod, String identity) {
    AssignedIdentity record = record(pod, identity);
    return new AssignedIdentity(
        record.name(),
        record.uid(),
        record.resourceVersion(),
        record.pod(),
        record.podUid(),
        record.nodeName(),
        record.identity(),
        record.binding(),
        record.state(),
        true,
        record.provenance());
  }
}
