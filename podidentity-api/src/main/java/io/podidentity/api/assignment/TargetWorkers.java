package io.podidentity.api.assignment;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Has plans carried out: for each target one at a time, for all targets side by side, after a
 * failure not before a rest. A plan that finds its target busy is dropped, and another look is
 * asked for when the target is free again. A plan that may change its target waits a moment for
 * others to join it, unless it is of the first ones. What failed for some of a target's records
 * does not keep others waiting: after the shortest rest, a plan with other work goes ahead.
 * Thread-safe; plans come from one thread at a time.
 */
final class TargetWorkers {
  private final TargetApplier applier;
  private final Telemetry telemetry;
  private final Executor executor;
  private final Timer timer;
  private final RetryPolicy retries;
  private final Duration window;
  private final Runnable lookAgain;

  private final Object lock = new Object();
  // Guarded by lock. A target that is not in the map has nothing behind it.
  private final Map<@Nullable ComputeTarget, Progress> targets = new HashMap<>();
  private long picture;
  private boolean closed;

  /**
   * Workers for a reconciler.
   *
   * @param lookAgain asks for new plans, soon
   */
  TargetWorkers(
      TargetApplier applier,
      Telemetry telemetry,
      Executor executor,
      Timer timer,
      ReconcilePace pace,
      Runnable lookAgain) {
    this.applier = applier;
    this.telemetry = telemetry;
    this.executor = executor;
    this.timer = timer;
    this.retries = pace.retries();
    this.window = pace.window();
    this.lookAgain = lookAgain;
  }

  /** To be called before the picture is taken from which the next plans are made. */
  void beforePicture() {
    synchronized (lock) {
      picture++;
    }
  }

  /**
   * Begins what can be begun.
   *
   * @param plans all there are
   * @param waited how long the changes since the last plans may have waited for these
   * @return the targets that were to be looked at, and are not because their plans are dropped
   */
  Set<ComputeTarget> begin(List<TargetPlan> plans, Duration waited) {
    forgetAllBut(plans);
    Set<ComputeTarget> unchecked = new HashSet<>();
    for (TargetPlan plan : plans) {
      Claim claim = claim(plan, waited);
      if (claim == Claim.GRANTED) {
        begin(plan);
        continue;
      }
      if (claim != Claim.UNDER_WAY && plan.target() != null && !plan.checks().isEmpty()) {
        unchecked.add(plan.target());
      }
      if (claim == Claim.OUTDATED) {
        lookAgain.run();
      }
    }
    return unchecked;
  }

  /** Begins nothing more. What has begun goes on to its end. */
  void close() {
    synchronized (lock) {
      closed = true;
      targets.values().forEach(progress -> progress.alarm.close());
    }
  }

  /** What happened at a target at which there is nothing to do any more is history. */
  private void forgetAllBut(List<TargetPlan> plans) {
    Set<@Nullable ComputeTarget> planned = new HashSet<>();
    plans.forEach(plan -> planned.add(plan.target()));
    synchronized (lock) {
      targets
          .entrySet()
          .removeIf(entry -> entry.getValue().plan == null && !planned.contains(entry.getKey()));
    }
  }

  private Claim claim(TargetPlan plan, Duration waited) {
    synchronized (lock) {
      Progress progress = targets.computeIfAbsent(plan.target(), target -> new Progress());
      if (closed) {
        return Claim.BUSY;
      }
      if (progress.plan != null) {
        // The same plan is under way, or has failed, already. Were it to count, two targets whose
        // work does not show in the picture would keep each other going for ever.
        boolean other = !plan.equals(progress.plan);
        if (!other) {
          return Claim.UNDER_WAY;
        }
        if (!progress.yields) {
          progress.missed = true;
          return Claim.BUSY;
        }
      }
      if (progress.endedInPicture == picture) {
        // What was done may not be in the picture: it would be done again, and partly fail.
        return Claim.OUTDATED;
      }
      // What the first picture shows has come together already, and may have waited for a leader.
      boolean mayGrow = picture > 1 && !window.isZero() && applier.mayChangeTarget(plan);
      if (mayGrow && !progress.ripe) {
        gather(progress, plan, waited);
        return Claim.BUSY;
      }
      // Only now: a rest whose alarm is off and whose plan did not begin would never end.
      progress.alarm.close();
      progress.gathering = null;
      progress.ripe = false;
      progress.plan = plan;
      progress.missed = false;
      progress.yields = false;
      progress.round++;
      return Claim.GRANTED;
    }
  }

  /** Changes that come within the window become one. */
  private void gather(Progress progress, TargetPlan plan, Duration waited) {
    if (progress.gathering == null) {
      progress.gathering = new Gathering(window, waited);
      progress.alarm.close();
      await(progress, progress.gathering);
    }
    progress.gathering.planned(plan);
  }

  private void await(Progress progress, Gathering gathering) {
    progress.alarm = timer.schedule(gathering.slice(), () -> sliceEnded(progress, gathering));
  }

  private void sliceEnded(Progress progress, Gathering gathering) {
    synchronized (lock) {
      if (progress.gathering != gathering || closed) {
        return;
      }
      if (!gathering.sliceEnded()) {
        await(progress, gathering);
        return;
      }
      progress.gathering = null;
      progress.ripe = true;
      // A rest that other work was about to end is over, also if that work has gone.
      progress.plan = null;
      progress.yields = false;
    }
    lookAgain.run();
  }

  private void begin(TargetPlan plan) {
    boolean begun = false;
    try {
      executor.execute(() -> work(plan));
      begun = true;
    } catch (RuntimeException e) {
      telemetry.passFailed(e);
    } finally {
      if (!begun) {
        rest(plan.target(), new ReconcileReport(1, true, null, null));
      }
    }
  }

  private void work(TargetPlan plan) {
    ReconcileReport report = new ReconcileReport(1, true, null, null);
    long start = System.nanoTime();
    try {
      report = applier.apply(plan);
    } catch (RuntimeException e) {
      telemetry.passFailed(e);
    } finally {
      telemetry.targetWorked(Duration.ofNanos(System.nanoTime() - start));
      if (report.isComplete()) {
        done(plan, report.heldFor());
      } else {
        rest(plan.target(), report);
      }
    }
  }

  /** What was done comes back as changes of the view; a look is due only if one passed it over. */
  private void done(TargetPlan plan, @Nullable Duration heldFor) {
    boolean missed;
    synchronized (lock) {
      Progress progress = targets.computeIfAbsent(plan.target(), key -> new Progress());
      // What an update leaves behind is another plan's to take off.
      missed = progress.missed || !plan.updates().isEmpty();
      progress.plan = null;
      progress.failures = 0;
      progress.endedInPicture = picture;
      if (heldFor != null && !closed) {
        progress.alarm = timer.schedule(heldFor, lookAgain);
      }
    }
    if (missed) {
      lookAgain.run();
    }
  }

  private void rest(@Nullable ComputeTarget target, ReconcileReport report) {
    synchronized (lock) {
      Progress progress = targets.get(target);
      if (progress == null || closed) {
        return;
      }
      progress.failures++;
      Duration rest = retries.rest(progress.failures, report.retryAfter());
      Duration firm = report.unavailable() ? rest : retries.first();
      long round = progress.round;
      progress.alarm = timer.schedule(firm, () -> yieldToOthers(progress, round, rest.minus(firm)));
    }
  }

  /** From now on the rest ends early if there is other work for the target. */
  private void yieldToOthers(Progress progress, long round, Duration left) {
    boolean missed;
    synchronized (lock) {
      if (progress.round != round || closed) {
        return;
      }
      if (left.isZero()) {
        progress.plan = null;
        missed = true;
      } else {
        progress.yields = true;
        missed = progress.missed;
        progress.alarm = timer.schedule(left, () -> yieldToOthers(progress, round, Duration.ZERO));
      }
    }
    if (missed) {
      lookAgain.run();
    }
  }

  private enum Claim {
    GRANTED,
    UNDER_WAY,
    BUSY,
    OUTDATED
  }

  /** A target at which a worker was or is. Guarded by lock. */
  private static final class Progress {
    /** What a worker is at, or what failed and rests; null if neither. */
    @Nullable TargetPlan plan;

    /** Whether there was another plan for it in the meantime. */
    boolean missed;

    /** Whether it rests, and other work may end the rest. */
    boolean yields;

    /** Changes that are being gathered; null if none are. */
    @Nullable Gathering gathering;

    /** Whether changes have been gathered for the next plan. */
    boolean ripe;

    /** Counts what was begun, so that an alarm of an earlier rest is known as such. */
    long round;

    /** How many failures it has behind it, in a row. */
    int failures;

    /** The picture of the time when its last work ended. */
    long endedInPicture = -1;

    Subscription alarm = () -> {};
  }
}
