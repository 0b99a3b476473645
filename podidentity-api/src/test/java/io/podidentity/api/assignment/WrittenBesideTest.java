package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.RecordingTelemetry;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.spi.ComputeIdentities;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three pods with one identity: one record is written before Azure is asked, two meanwhile. */
@Timeout(60)
class WrittenBesideTest {
  private static final ComputeTarget N1 = machine("n1");

  private final CallLog log = new CallLog();
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final InMemoryCluster cluster = new InMemoryCluster(log, clock);
  private final InMemoryAzure azure = new InMemoryAzure(log);
  private final AssignmentPlanner planner =
      new AssignmentPlanner(new PlannerOptions(false, Set.of()));
  private final RecordingTelemetry telemetry = new RecordingTelemetry();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void threePods() {
    cluster.put(node("n1"));
    cluster.put(identity("default/x"));
    cluster.put(binding("default/x", "x", "x"));
    for (String pod : Set.of("one", "three", "two")) {
      cluster.put(PodBuilder.pod("default/" + pod).bindingLabel("x").node("n1").build());
    }
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void oneRecordIsWrittenBeforeAnIdentityIsAttachedAndTheOthersMeanwhile() {
    CountDownLatch attaching = new CountDownLatch(1);
    CountDownLatch written = new CountDownLatch(3);
    AtomicInteger begun = new AtomicInteger();
    Executor writers =
        task ->
            threads.execute(
                () -> {
                  if (begun.incrementAndGet() > 1) {
                    await(attaching);
                  }
                  task.run();
                  written.countDown();
                });
    ComputeIdentities slow =
        azure.with(
            (target, call) -> {
              if (cluster.records().size() == 1) {
                attaching.countDown();
                await(written);
              }
              call.run();
            });

    ReconcileReport report = apply(slow, writers);

    assertThat(report.isComplete()).isTrue();
    assertThat(log.calls())
        .startsWith("create default/one-default-x")
        .filteredOn(call -> call.startsWith("attach"))
        .containsExactly("attach n1 x");
    assertThat(cluster.records().values())
        .hasSize(3)
        .allMatch(record -> record.state() == AssignmentState.ASSIGNED)
        .allMatch(record -> record.provenance().addedIds().equals(Set.of(identityId("x"))));
  }

  @Test
  void ifTheFirstCannotBeWrittenTheOthersAreBefore() {
    log.failAt(0, new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "for the test"));

    apply(azure, Runnable::run);

    assertThat(log.calls())
        .containsSubsequence(
            "create default/three-default-x", "create default/two-default-x", "attach n1 x");
    assertThat(cluster.records().values())
        .extracting(AssignedIdentity::state)
        .containsExactly(AssignmentState.ASSIGNED, AssignmentState.ASSIGNED);
  }

  @Test
  void ifNoneCanBeWrittenNothingIsAttached() {
    cluster.failWrites(new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "for the test"));

    apply(azure, Runnable::run);

    assertThat(log.calls()).allMatch(call -> call.startsWith("create")).hasSize(3);
  }

  /** The pod of the only record may be gone by then. */
  @Test
  void whatWasAttachedWhenOnlyOneRecordWasWrittenIsStillMics() {
    AtomicInteger begun = new AtomicInteger();
    Executor dying =
        task -> {
          if (begun.incrementAndGet() > 1) {
            throw new RejectedExecutionException("for the test");
          }
          task.run();
        };
    assertThatThrownBy(() -> apply(azure, dying))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    assertThat(azure.on(N1)).containsExactly(identityId("x"));
    assertThat(cluster.records()).hasSize(1);

    cluster.removePod("default/one");
    apply(azure, Runnable::run);
    assertThat(cluster.records()).hasSize(2);
    cluster.removePod("default/two");
    cluster.removePod("default/three");
    apply(azure, Runnable::run);

    assertThat(cluster.records()).isEmpty();
    assertThat(azure.on(N1)).isEmpty();
  }

  /** No write is made of what is so from the beginning. */
  @Test
  void whatWorksThereAlreadyIsAssignedFromTheBeginning() {
    azure.put(N1, identityId("x"));

    apply(azure, Runnable::run);

    assertThat(log.calls())
        .containsExactly(
            "create default/one-default-x Assigned",
            "create default/three-default-x Assigned",
            "create default/two-default-x Assigned");
    assertThat(telemetry.reports()).hasSize(3).allMatch(report -> report.startsWith("assigned"));
  }

  /** As when somebody takes it off meanwhile. */
  @Test
  void whatWorkedWhenItWasLookedForAndDoesNotAfterTheChangeIsTakenBack() {
    azure.put(N1, identityId("x"));
    cluster.put(identity("default/y"));
    cluster.put(binding("default/y", "y", "y"));
    cluster.put(PodBuilder.pod("default/other").bindingLabel("y").node("n1").build());
    ComputeIdentities shared =
        azure.with(
            (target, call) -> {
              if (!cluster.records().isEmpty()) {
                azure.report(identityId("x"), Samples.clientId("another").value());
              }
              call.run();
            });

    apply(shared, Runnable::run);

    assertThat(cluster.records().values())
        .filteredOn(record -> record.identity().name().name().equals("x"))
        .hasSize(3)
        .allMatch(record -> record.state() == AssignmentState.CREATED);
  }

  private ReconcileReport apply(ComputeIdentities compute, Executor writers) {
    TargetApplier applier =
        new TargetApplier(cluster, compute, telemetry, writers, ApplierOptions.DEFAULT, clock);
    ReconcileReport report = new ReconcileReport(0, false, null, null);
    for (TargetPlan plan : planner.plan(cluster.snapshot()).targets()) {
      report = applier.apply(plan);
    }
    return report;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
