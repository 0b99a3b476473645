package io.podidentity.api.assignment;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Says when: after each change of the cluster, and at an interval in any case, it takes a picture,
 * makes a plan and gives each target's part to a worker. Changes that arrive during a pass become
 * one more pass. A target whose worker is busy, or that rests after a failure, is left out; when
 * that ends, another pass looks again. So no target ever waits for another. Thread-safe.
 */
public final class Reconciler implements AutoCloseable {
  private final ClusterView view;
  private final AssignmentPlanner planner;
  private final TargetApplier applier;
  private final Telemetry telemetry;
  private final Executor workers;
  private final Timer timer;
  private final RetryPolicy retries;
  private final Duration interval;

  private final Object lock = new Object();
  // Guarded by lock. A target that is not in the map is idle and has no failure behind it.
  private final Map<@Nullable ComputeTarget, TargetState> targets = new HashMap<>();
  private Map<NamespacedName, String> reported = Map.of();
  private boolean running;
  private boolean again;
  private boolean closed;
  private Subscription changes = () -> {};
  private Subscription alarm = () -> {};

  /**
   * A reconciler over its parts; it closes none of them.
   *
   * @param workers where passes and targets run; one thread for each target that works at a time
   * @param interval how long at most between two passes ({@code syncRetryDuration})
   */
  public Reconciler(
      ClusterView view,
      AssignmentPlanner planner,
      TargetApplier applier,
      Telemetry telemetry,
      Executor workers,
      Timer timer,
      RetryPolicy retries,
      Duration interval) {
    this.view = requireNonNull(view, "view");
    this.planner = requireNonNull(planner, "planner");
    this.applier = requireNonNull(applier, "applier");
    this.telemetry = requireNonNull(telemetry, "telemetry");
    this.workers = requireNonNull(workers, "workers");
    this.timer = requireNonNull(timer, "timer");
    this.retries = requireNonNull(retries, "retries");
    this.interval = requireNonNull(interval, "interval");
  }

  /** Begins with a pass over the whole cluster. To be called once. */
  public void start() {
    synchronized (lock) {
      changes = view.onChange(this::nudge);
    }
    tick();
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
    workers.execute(this::passes);
  }

  /** Starts no more work. Work on a target that has begun goes on to its end. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      changes.close();
      alarm.close();
    }
  }

  private void tick() {
    nudge();
    synchronized (lock) {
      if (!closed) {
        alarm = timer.schedule(interval, this::tick);
      }
    }
  }

  private void passes() {
    while (true) {
      synchronized (lock) {
        if (!again || closed) {
          running = false;
          return;
        }
        again = false;
      }
      try {
        pass();
      } catch (RuntimeException e) {
        telemetry.passFailed(e);
      }
    }
  }

  private void pass() {
    AssignmentPlan plan = planner.plan(view.snapshot());
    report(plan.problems());
    for (TargetPlan target : plan.targets()) {
      if (claim(target.target())) {
        workers.execute(() -> work(target));
      }
    }
  }

  /** Says each problem once, when it appears or changes. */
  private void report(Map<NamespacedName, String> problems) {
    Map<NamespacedName, String> known;
    synchronized (lock) {
      known = reported;
      reported = problems;
    }
    problems.forEach(
        (object, problem) -> {
          if (!problem.equals(known.get(object))) {
            telemetry.objectIgnored(object, problem);
          }
        });
  }

  private boolean claim(@Nullable ComputeTarget target) {
    synchronized (lock) {
      TargetState state = targets.getOrDefault(target, TargetState.IDLE);
      if (closed || state.busy()) {
        targets.computeIfPresent(target, (key, busy) -> busy.passedOver());
        return false;
      }
      targets.put(target, new TargetState(true, false, state.failures()));
      return true;
    }
  }

  private void work(TargetPlan plan) {
    ReconcileReport report;
    try {
      report = applier.apply(plan);
    } catch (RuntimeException e) {
      telemetry.passFailed(e);
      report = new ReconcileReport(1, null);
    }
    if (report.isComplete()) {
      done(plan.target());
    } else {
      rest(plan.target(), report);
    }
  }

  /** What was done comes back as changes of the view; a pass is due only if one passed it over. */
  private void done(@Nullable ComputeTarget target) {
    TargetState state;
    synchronized (lock) {
      state = targets.remove(target);
    }
    if (state != null && state.missed()) {
      nudge();
    }
  }

  private void rest(@Nullable ComputeTarget target, ReconcileReport report) {
    int failures;
    synchronized (lock) {
      failures = targets.getOrDefault(target, TargetState.IDLE).failures() + 1;
    }
    timer.schedule(retries.rest(failures, report), () -> wake(target, failures));
  }

  private void wake(@Nullable ComputeTarget target, int failures) {
    synchronized (lock) {
      targets.put(target, new TargetState(false, false, failures));
    }
    nudge();
  }

  /**
   * A target at which a worker was or is.
   *
   * @param busy whether a worker is at it, or it rests after a failure
   * @param missed whether a pass had work for it in the meantime
   * @param failures how many failures it has behind it, in a row
   */
  private record TargetState(boolean busy, boolean missed, int failures) {
    private static final TargetState IDLE = new TargetState(false, false, 0);

    TargetState passedOver() {
      return new TargetState(busy, true, failures);
    }
  }
}
