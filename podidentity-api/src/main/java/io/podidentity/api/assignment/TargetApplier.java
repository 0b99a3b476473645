package io.podidentity.api.assignment;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import java.util.concurrent.Executor;

/**
 * Carries out the plan of one target, in an order in which stopping anywhere does no harm: a record
 * is written before its identity is attached, and goes only after its identity is detached;
 * additions come before removals. Thread-safe; two plans of one target must not run at the same
 * time.
 */
public final class TargetApplier {
  private final AssignmentStore store;
  private final ComputeIdentities compute;
  private final Telemetry telemetry;
  private final Executor writers;
  private final int batchSize;

  /**
   * An applier over its ports.
   *
   * @param writers where writes of records run side by side; not where {@link #apply} itself runs,
   *     if that executor is bounded: it would wait for itself
   * @param batchSize how many of them at a time for one target ({@code createDeleteBatch}); at
   *     least 1
   */
  public TargetApplier(
      AssignmentStore store,
      ComputeIdentities compute,
      Telemetry telemetry,
      Executor writers,
      int batchSize) {
    this.store = requireNonNull(store, "store");
    this.compute = requireNonNull(compute, "compute");
    this.telemetry = requireNonNull(telemetry, "telemetry");
    this.writers = requireNonNull(writers, "writers");
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be at least 1");
    }
    this.batchSize = batchSize;
  }

  /**
   * Carries out the plan. Blocks until Azure has finished. A failed step is reported, not thrown.
   */
  public ReconcileReport apply(TargetPlan plan) {
    return new TargetRun(plan, store, compute, telemetry, new Batches(writers, batchSize)).run();
  }
}
