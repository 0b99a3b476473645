package io.podidentity.api.assignment;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Node;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.telemetry.GuardedTelemetry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * After each change of the cluster, and at an interval in any case, it takes a picture, makes a
 * plan and gives each target's part to a worker. Changes that arrive during a pass become one more
 * pass, and changes that come soon after one wait a moment for others. A target whose worker is
 * busy, or that rests after a failure, is left out; when that ends, another pass looks again. So no
 * target ever waits for another. Thread-safe.
 */
public final class Reconciler implements AutoCloseable {
  private final ClusterView view;
  private final AssignmentPlanner planner;
  private final PassSchedule schedule;
  private final TargetWorkers targets;
  private final CheckRounds checks;
  private final PlanReports reports;

  // Of passes, of which there is one at a time.
  private boolean v1IsChecked;

  /**
   * A reconciler over its parts; it closes none of them.
   *
   * @param workers where passes and targets run; it should have a thread for each: a plan that
   *     waits for one grows old
   */
  public Reconciler(
      ClusterView view,
      AssignmentPlanner planner,
      TargetApplier applier,
      Telemetry telemetry,
      Executor workers,
      Timer timer,
      ReconcilePace pace) {
    this(view, planner, applier, telemetry, workers, workers, timer, pace);
  }

  /**
   * The same with a place for passes that targets, however long they take, cannot fill.
   *
   * @param passes where passes run, one at a time
   * @param workers where targets run; it should have a thread for each
   */
  public Reconciler(
      ClusterView view,
      AssignmentPlanner planner,
      TargetApplier applier,
      Telemetry telemetry,
      Executor passes,
      Executor workers,
      Timer timer,
      ReconcilePace pace) {
    this(
        view,
        planner,
        applier,
        telemetry,
        passes,
        workers,
        timer,
        pace,
        () -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * The same with another chance.
   *
   * @param chance from 0 to 1, by which the rounds of looks differ
   */
  Reconciler(
      ClusterView view,
      AssignmentPlanner planner,
      TargetApplier applier,
      Telemetry telemetry,
      Executor workers,
      Timer timer,
      ReconcilePace pace,
      DoubleSupplier chance) {
    this(view, planner, applier, telemetry, workers, workers, timer, pace, chance);
  }

  private Reconciler(
      ClusterView view,
      AssignmentPlanner planner,
      TargetApplier applier,
      Telemetry telemetry,
      Executor passes,
      Executor workers,
      Timer timer,
      ReconcilePace pace,
      DoubleSupplier chance) {
    this.view = requireNonNull(view, "view");
    this.planner = requireNonNull(planner, "planner");
    requireNonNull(applier, "applier");
    Telemetry told = GuardedTelemetry.of(telemetry);
    requireNonNull(passes, "passes");
    requireNonNull(workers, "workers");
    requireNonNull(timer, "timer");
    requireNonNull(pace, "pace");
    this.schedule = new PassSchedule(this::pass, told, passes, timer, pace);
    this.targets = new TargetWorkers(applier, told, workers, timer, pace, schedule::nudge);
    this.checks = new CheckRounds(timer, pace.checkInterval(), schedule::nudge, chance);
    this.reports = new PlanReports(told);
  }

  /** Begins with a pass over the whole cluster. To be called once; does nothing after the close. */
  public void start() {
    schedule.start(view);
    checks.start();
  }

  /** Asks for a pass, soon. */
  public void nudge() {
    schedule.nudge();
  }

  /** Starts no more work. Work on a target that has begun goes on to its end. */
  @Override
  public void close() {
    schedule.close();
    checks.close();
    targets.close();
  }

  private @Nullable Duration pass(Supplier<Duration> waited) {
    CheckRounds.Due looks = CheckRounds.Due.NOTHING;
    try {
      targets.beforePicture();
      ClusterSnapshot picture = view.snapshot();
      if (!v1IsChecked) {
        // Before pods go on with what v1 believed without a look.
        v1IsChecked = true;
        checks.postpone(unverified(picture));
      }
      looks = checks.take();
      AssignmentPlan plan = planner.plan(picture, looks);
      reports.tell(plan);
      checks.postpone(targets.begin(plan.targets(), waited.get()));
      return plan.next() == null ? null : Duration.between(picture.now(), plan.next());
    } catch (RuntimeException e) {
      checks.giveBack(looks);
      throw e;
    }
  }

  /** Where records are that do not say what MIC did, as those of v1, and are assigned. */
  private static Set<ComputeTarget> unverified(ClusterSnapshot picture) {
    Set<String> nodes = new HashSet<>();
    for (AssignedIdentity record : picture.records()) {
      if (record.state() == AssignmentState.ASSIGNED && !record.provenance().isKnown()) {
        nodes.add(record.nodeName());
      }
    }
    Set<ComputeTarget> targets = new HashSet<>();
    for (Node node : picture.nodes()) {
      ComputeTarget target = node.target();
      if (target != null && nodes.contains(node.name())) {
        targets.add(target);
      }
    }
    return targets;
  }
}
