package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.ApplierOptions;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.assignment.ReconcilePace;
import io.podidentity.api.assignment.Reconciler;
import io.podidentity.api.assignment.TargetApplier;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.InMemoryCompute;
import io.podidentity.testkit.ManualTimer;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A leader that is told to end while it has hundreds of records to write and none is answered. */
final class EndOfWorkTest {
  private static final int MACHINES = 4;
  private static final int PODS = 300;

  /** Fewer than the machines' batches together: some wait for a thread. */
  private static final int WRITES = 32;

  private static final Duration SOON = Duration.ofSeconds(10);

  private final InMemoryCluster cluster = new InMemoryCluster();
  private final InMemoryCompute azure = new InMemoryCompute();
  private final Semaphore begun = new Semaphore(0);
  private final ExecutorService workers = Threads.atMost(MACHINES + 1, "target");
  private final ExecutorService writers = Threads.atMost(WRITES, "record");

  @Test
  void aBacklogOfWritesThatAreNotAnsweredEndsAtOnce() throws InterruptedException {
    fill();
    Reconciler reconciler = reconciler();
    reconciler.start();
    assertThat(begun.tryAcquire(WRITES, SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();

    reconciler.close();
    Threads.end(Duration.ofSeconds(1), workers, writers);

    assertThat(workers.isTerminated()).as("targets").isTrue();
    assertThat(writers.isTerminated()).as("records").isTrue();
    assertThat(begun.availablePermits()).as("begun afterwards").isZero();
  }

  private Reconciler reconciler() {
    AssignmentPlanner planner = new AssignmentPlanner(new PlannerOptions(false, Set.of()));
    return new Reconciler(
        cluster,
        planner,
        new TargetApplier(
            new Unanswered(),
            azure,
            new Telemetry() {},
            writers,
            ApplierOptions.DEFAULT,
            Clock.systemUTC()),
        new Telemetry() {},
        workers,
        new ManualTimer(),
        ReconcilePace.DEFAULT);
  }

  /** All of one identity that is there already, so that no record waits for another. */
  private void fill() {
    ResourceId id =
        ResourceId.of("s", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", "x");
    for (int i = 0; i < MACHINES; i++) {
      ComputeTarget machine = ComputeTarget.virtualMachine("s", "rg", "n" + i);
      azure.put(machine, id);
      cluster.putNode(new Node("n" + i, machine));
    }
    NamespacedName x = new NamespacedName("default", "x");
    cluster.putIdentity(
        new AzureIdentity(x, "x", 1, false, new ManagedIdentity(id, new ClientId("client-of-x"))));
    cluster.putBinding(new IdentityBinding(x, "x", "app"));
    for (int i = 0; i < PODS; i++) {
      cluster.putPod(
          new Pod(
              new NamespacedName("default", "web-" + i),
              "uid-" + i,
              "n" + i % MACHINES,
              Map.of(IdentityBinding.POD_LABEL, "app"),
              Set.of(),
              PodPhase.RUNNING,
              false,
              false));
    }
  }

  /** An API server that takes each write and says nothing. */
  private final class Unanswered implements AssignmentStore {
    @Override
    public AssignedIdentity create(
        DesiredAssignment desired, AssignmentState state, Provenance provenance) {
      begun.release();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "given up");
    }

    @Override
    public AssignedIdentity replace(
        AssignedIdentity existing,
        DesiredAssignment desired,
        AssignmentState state,
        Provenance provenance) {
      throw new AssertionError("replace " + existing.name());
    }

    @Override
    public AssignedIdentity setState(
        AssignedIdentity existing, AssignmentState state, Provenance provenance) {
      throw new AssertionError("setState " + existing.name());
    }

    @Override
    public void delete(AssignedIdentity existing) {
      throw new AssertionError("delete " + existing.name());
    }
  }
}
