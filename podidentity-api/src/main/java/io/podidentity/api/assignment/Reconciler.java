package io.podidentity.api.assignment;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Node;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.telemetry.GuardedTelemetry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Says when: after each change of the cluster, and at an interval in any case, it takes a picture,
 * makes a plan and gives each target's part to a worker. Changes that arrive during a pass become
 * one more pass, and changes that come soon after one wait a moment for others. A target whose
 * worker is busy, or that rests after a failure, is left out; when that ends, another pass looks
 * again. So no target ever waits for another. Thread-safe.
 */
public final class Reconciler implements AutoCloseable {
  private static final Subscription NONE = () -> {};

  private final ClusterView view;
  private final AssignmentPlanner planner;
  private final Telemetry telemetry;
  private final Executor passes;
  private final Timer timer;
  private final ReconcilePace pace;
  private final TargetWorkers targets;
  private final CheckRounds checks;
  private final PlanReports reports;

  // Of passes, of which there is one at a time.
  private boolean v1IsChecked;

  private final Object lock = new Object();
  // Guarded by lock.
  private int failedPasses;
  private boolean running;
  private boolean again;
  private long restsUntil = System.nanoTime();
  private boolean rests;
  private boolean changedMeanwhile;
  private Duration waited = Duration.ZERO;
  private boolean closed;
  private Subscription changes = NONE;
  private Subscription nextPass = NONE;
  private Subscription retry = NONE;
  private Subscription due = NONE;
  private Subscription rest = NONE;

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
    this.telemetry = GuardedTelemetry.of(telemetry);
    this.passes = requireNonNull(passes, "passes");
    requireNonNull(workers, "workers");
    this.timer = requireNonNull(timer, "timer");
    this.pace = requireNonNull(pace, "pace");
    this.targets = new TargetWorkers(applier, this.telemetry, workers, timer, pace, this::nudge);
    this.checks = new CheckRounds(timer, pace.checkInterval(), this::nudge, chance);
    this.reports = new PlanReports(this.telemetry);
  }

  /** Begins with a pass over the whole cluster. To be called once; does nothing after the close. */
  public void start() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      changes = view.onChange(this::changed);
    }
    tick();
    checks.start();
  }

  /** Asks for a pass, soon. */
  public void nudge() {
    synchronized (lock) {
      again = true;
      if (running || closed) {
        return;
      }
      running = true;
    }
    boolean begun = false;
    try {
      passes.execute(this::passes);
      begun = true;
    } catch (RuntimeException e) {
      telemetry.passFailed(e);
    } finally {
      if (!begun) {
        stopped();
      }
    }
  }

  /** Starts no more work. Work on a target that has begun goes on to its end. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      changes.close();
      nextPass.close();
      retry.close();
      due.close();
      rest.close();
    }
    checks.close();
    targets.close();
  }

  /** A pass over a large cluster for each of many changes would take all of the processor. */
  private void changed() {
    synchronized (lock) {
      if (rests || closed) {
        return;
      }
      if (running && !pace.apart().isZero()) {
        changedMeanwhile = true;
        return;
      }
      if (restsUntil - System.nanoTime() > 0) {
        rest();
        return;
      }
    }
    nudge();
  }

  private void rest() {
    rests = true;
    waited = Duration.ofNanos(Math.max(0, restsUntil - System.nanoTime()));
    rest = timer.schedule(waited, this::rested);
  }

  private void rested() {
    synchronized (lock) {
      rests = false;
    }
    nudge();
  }

  private void tick() {
    synchronized (lock) {
      if (!closed) {
        nextPass = timer.schedule(pace.interval(), this::tick);
      }
    }
    // Last: it throws if the machine is out of threads.
    nudge();
  }

  private void passes() {
    boolean ended = false;
    try {
      while (isDue()) {
        pass();
      }
      ended = true;
    } finally {
      if (!ended) {
        stopped();
      }
    }
  }

  /** The machine is out of threads or memory: the next nudge must find the way free, and come. */
  private void stopped() {
    synchronized (lock) {
      running = false;
      passAgain();
    }
  }

  private boolean isDue() {
    synchronized (lock) {
      running = again && !closed;
      again = false;
      if (!running && changedMeanwhile && !closed) {
        rest();
      }
      changedMeanwhile = false;
      return running;
    }
  }

  private void pass() {
    long begun = System.nanoTime();
    try {
      plan();
    } finally {
      long ended = System.nanoTime();
      synchronized (lock) {
        restsUntil = ended + pace.restAfter(Duration.ofNanos(ended - begun)).toNanos();
      }
    }
  }

  private void plan() {
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
      checks.postpone(targets.begin(plan.targets(), waited()));
      synchronized (lock) {
        failedPasses = 0;
        retry.close();
        due.close();
        if (plan.next() != null && !closed) {
          due = timer.schedule(Duration.between(picture.now(), plan.next()), this::nudge);
        }
      }
    } catch (RuntimeException e) {
      checks.giveBack(looks);
      failed(e);
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

  /** How long the first change since the last pass has waited for this one, at most. */
  private Duration waited() {
    synchronized (lock) {
      Duration time = waited;
      waited = Duration.ZERO;
      return time;
    }
  }

  /** A pass that failed is made again even if nothing changes. */
  private void failed(RuntimeException error) {
    telemetry.passFailed(error);
    synchronized (lock) {
      passAgain();
    }
  }

  /** To be called with the lock held. */
  private void passAgain() {
    retry.close();
    if (!closed) {
      failedPasses++;
      retry = timer.schedule(pace.retries().rest(failedPasses, null), this::nudge);
    }
  }
}
