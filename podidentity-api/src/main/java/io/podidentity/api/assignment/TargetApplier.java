package io.podidentity.api.assignment;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.telemetry.GuardedTelemetry;
import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * Carries out the plan of one target, in an order in which stopping anywhere does no harm: a record
 * says what is about to be attached before it is, and goes only after its identity is detached;
 * additions come before removals. Thread-safe; two plans of one target must not run at the same
 * time.
 */
public final class TargetApplier {
  private final AssignmentStore store;
  private final ComputeIdentities compute;
  private final Telemetry telemetry;
  private final Executor writers;
  private final ApplierOptions options;
  private final Clock clock;
  private final Quarantine quarantine;
  private final SeenIdentities seen;

  /**
   * An applier over its ports.
   *
   * @param writers where writes of records run side by side; not where {@link #apply} itself runs,
   *     if that executor is bounded: it would wait for itself
   */
  public TargetApplier(
      AssignmentStore store,
      ComputeIdentities compute,
      Telemetry telemetry,
      Executor writers,
      ApplierOptions options,
      Clock clock) {
    this.store = requireNonNull(store, "store");
    this.compute = requireNonNull(compute, "compute");
    this.telemetry = GuardedTelemetry.of(telemetry);
    this.writers = requireNonNull(writers, "writers");
    this.options = requireNonNull(options, "options");
    this.clock = requireNonNull(clock, "clock");
    this.quarantine = new Quarantine(options.quarantine(), clock);
    this.seen = new SeenIdentities(clock);
  }

  /**
   * Whether Azure may have to be asked to change something, as far as can be said without a look.
   */
  boolean mayChangeTarget(TargetPlan plan) {
    return !plan.detach().isEmpty() || !seen.haveAll(plan.target(), plan.attach());
  }

  /**
   * Carries out the plan. Blocks until Azure has finished. A failed step is reported, not thrown.
   */
  public ReconcileReport apply(TargetPlan plan) {
    RunFailures failures = new RunFailures(telemetry);
    RecordWriter records =
        new RecordWriter(store, new Batches(writers, options.batchSize()), failures);
    TargetChanges changes =
        new TargetChanges(plan, compute, seen, quarantine, options.identitiesPerTarget(), failures);
    new TargetRun(plan, records, changes, telemetry, clock.instant()).run();
    return failures.report(changes.heldFor());
  }
}
