package io.podidentity.mic;

import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.Reconciler;
import io.podidentity.api.assignment.TargetApplier;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.bin.Parts;
import io.podidentity.k8s.KubernetesAssignmentStore;
import io.podidentity.k8s.KubernetesClusterView;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The work of a leader: it brings records and Azure to what the cluster asks for. Put together when
 * MIC starts, so that it can begin at once. Thread-safe.
 */
final class AssignmentWork {
  /**
   * A target that works, or that Azure keeps waiting, holds a thread; others wait beyond that many.
   * One that hangs takes some 150 KiB with its connection, so all of them 160 MiB, until half a
   * minute after Azure answers.
   */
  private static final int TARGETS_AT_A_TIME = 1024;

  private static final int WRITES_AT_A_TIME = 32;

  /** Enough to load what calls need and to open connections; the first run may begin meanwhile. */
  private static final int REHEARSED_CALLS = 8;

  /**
   * So long the leader's work may take to end; the lease is let go of then in any case. What is
   * under way for longer than that is one call for each thread: a write that another one's version
   * keeps out, or a change that Azure shows to be going on.
   */
  private static final Duration WORK_ENDS = Duration.ofSeconds(1);

  private final KubernetesClusterView view;
  private final LeadersView leadersView;
  private final Reconciler reconciler;
  private final Rehearsal rehearsal;
  private final ExecutorService rehearses;

  /**
   * Work that has not begun.
   *
   * @param config asked before each plan
   * @param shown the cluster as this work is to see it
   * @param leads whether this MIC leads
   * @param parts gets what is to be closed
   */
  AssignmentWork(
      MicOptions options,
      Supplier<CloudConfig> config,
      KubernetesClusterView view,
      ClusterView shown,
      KubernetesAssignmentStore records,
      ComputeIdentities compute,
      MicMetrics metrics,
      BooleanSupplier leads,
      Timer timer,
      Clock clock,
      Parts parts) {
    this.view = view;
    this.leadersView = new LeadersView(shown);
    AssignmentOptions work = options.assignment();
    Telemetry telemetry = new LoggedTelemetry(metrics, clock);
    AssignmentStore store = new CountedStore(records, metrics.v1(), clock);
    ExecutorService writers = Threads.atMost(WRITES_AT_A_TIME, "record");
    ExecutorService workers = Threads.atMost(TARGETS_AT_A_TIME, "target");
    this.rehearses = Threads.atMost(1, "rehearsal");
    // At once: they wait for each other's work.
    parts.add(() -> Threads.end(WORK_ENDS, workers, writers, rehearses));
    AssignmentPlanner planner =
        new AssignmentPlanner(
            () ->
                work.planner(options.forceNamespaced(), config.get().userAssignedIdentityId())
                    .keepingAll(leadersView.mayBeBehind()));
    this.reconciler =
        parts.add(
            new Reconciler(
                leadersView,
                planner,
                new TargetApplier(store, compute, telemetry, writers, work.applier(), clock),
                telemetry,
                Threads.pool(1, "pass", parts),
                workers,
                timer,
                work.pace(options.syncInterval())));
    this.rehearsal =
        new Rehearsal(
            view,
            planner,
            compute,
            leads,
            () -> records.rehearse(writers, Math.min(work.batchSize(), REHEARSED_CALLS)));
  }

  /** Rehearses it once the cluster is known. */
  void rehearse(CompletableFuture<Void> known) {
    var unused = known.thenRunAsync(rehearsal::run, rehearses);
  }

  /** Begins. What this MIC was not told of while it stood by is looked for meanwhile. */
  void begin() {
    CompletableFuture<Void> caughtUp = view.caughtUp();
    reconciler.start();
    var unused =
        caughtUp.thenRun(
            () -> {
              leadersView.caughtUp();
              reconciler.nudge();
            });
  }

  /** Begins nothing more. */
  void end() {
    reconciler.close();
  }
}
