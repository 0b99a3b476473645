package io.podidentity.azure.arm;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.ApplierOptions;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.assignment.ReconcilePace;
import io.podidentity.api.assignment.Reconciler;
import io.podidentity.api.assignment.RetryPolicy;
import io.podidentity.api.assignment.TargetApplier;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.ManualTimer;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * MIC's work over a cluster in memory and a simulated Resource Manager, on the caller's thread and
 * by a clock that stands still: nothing is looked for at an interval, and a pass comes after an
 * hour at the latest.
 */
final class ReconciledCluster implements AutoCloseable {
  private final SimulatedCluster azure = new SimulatedCluster();
  private final InMemoryCluster cluster = new InMemoryCluster(azure.clock());
  private final ManualTimer timer = new ManualTimer(azure.clock());
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Reconciler reconciler;

  private final class Failures implements Telemetry {
    @Override
    public void assignmentFailed(DesiredAssignment assignment, PodIdentityException error) {
      failures.add(String.valueOf(error.getMessage()));
    }
  }

  ReconciledCluster() {
    this(SimulatedCluster::adapter);
  }

  /**
   * The same with another way to Azure.
   *
   * @param compute asked once
   */
  ReconciledCluster(Function<SimulatedCluster, ComputeIdentities> compute) {
    Telemetry telemetry = new Failures();
    reconciler =
        new Reconciler(
            cluster,
            new AssignmentPlanner(new PlannerOptions(false, Set.of())),
            new TargetApplier(
                cluster,
                compute.apply(azure),
                telemetry,
                Runnable::run,
                ApplierOptions.DEFAULT,
                azure.clock()),
            telemetry,
            Runnable::run,
            timer,
            new ReconcilePace(
                Duration.ofHours(1), Duration.ZERO, Duration.ZERO, RetryPolicy.DEFAULT));
  }

  SimulatedCluster azure() {
    return azure;
  }

  /** The texts of the events about what could not be assigned. */
  List<String> failures() {
    return failures;
  }

  void start() {
    reconciler.start();
  }

  void advance(Duration by) {
    timer.advance(by);
  }

  /** Something changes in the cluster that has nothing to do with any machine. */
  void change() {
    cluster.putNode(new Node("elsewhere", null));
    cluster.deleteNode("elsewhere");
  }

  /** A pod on that machine that is bound to an identity of its own. */
  void pod(String pod, ComputeTarget machine) {
    UserAssignedIdentity identity = azure.create(pod);
    put(pod, machine, identity.clientId());
  }

  /** The same, with another client ID than its identity has. */
  void podWithClientId(String pod, ComputeTarget machine, String clientId) {
    azure.create(pod);
    put(pod, machine, clientId);
  }

  /** A pod on that machine that is bound to a service principal of its own. */
  void servicePrincipal(String pod, ComputeTarget machine) {
    put(
        pod,
        machine,
        new Credential.ClientSecret(
            new Credential.ServicePrincipal(
                "tenant",
                new ClientId("client-of-" + pod),
                new NamespacedName("default", pod),
                List.of(),
                null)));
  }

  private void put(String pod, ComputeTarget machine, String clientId) {
    put(
        pod,
        machine,
        new Credential.ManagedIdentity(SimulatedCluster.identityId(pod), new ClientId(clientId)));
  }

  private void put(String pod, ComputeTarget machine, Credential credential) {
    NamespacedName name = new NamespacedName("default", pod);
    cluster.putNode(new Node(machine.id().name(), machine));
    cluster.putIdentity(new AzureIdentity(name, "uid-of-" + pod, 1, false, credential));
    cluster.putBinding(new IdentityBinding(name, pod, pod));
    cluster.putPod(
        new Pod(
            name,
            "uid-of-" + pod,
            machine.id().name(),
            Map.of(IdentityBinding.POD_LABEL, pod),
            Set.of(),
            PodPhase.RUNNING,
            false,
            false));
  }

  long assigned() {
    return cluster.records().stream()
        .filter(record -> record.state() == AssignmentState.ASSIGNED)
        .count();
  }

  /** How often Resource Manager was asked about that machine. */
  int calls(String method, ComputeTarget machine) {
    return (int)
        azure.arm(method).stream()
            .filter(request -> request.path().endsWith("/" + machine.id().name()))
            .count();
  }

  @Override
  public void close() {
    reconciler.close();
    azure.close();
  }
}
