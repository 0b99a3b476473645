package io.podidentity.mic;

import io.podidentity.api.assignment.ApplierOptions;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.assignment.ReconcilePace;
import io.podidentity.api.assignment.RetryPolicy;
import io.podidentity.azure.arm.ArmOptions;
import java.time.Duration;
import java.util.Set;

/**
 * How identities are put on machines and taken off.
 *
 * @param batchSize how many records of one target are written at a time
 * @param immutable client or resource IDs that are never taken off a machine
 * @param refuseClusterIdentity whether the cluster's own identity is refused to pods
 * @param detachDelay how long an identity that nothing needs any more stays on its machine
 * @param checkInterval how long between two looks at what is on a machine; zero for never
 * @param window how long changes of one machine are gathered
 * @param identitiesPerTarget how many user-assigned identities a machine may have
 * @param subscriptions IDs of further subscriptions whose machines may be changed
 * @param callLimit how long one call to Azure may take
 * @param operationLimit how long a change may take in Azure
 */
public record AssignmentOptions(
    int batchSize,
    Set<String> immutable,
    boolean refuseClusterIdentity,
    Duration detachDelay,
    Duration checkInterval,
    Duration window,
    int identitiesPerTarget,
    Set<String> subscriptions,
    Duration callLimit,
    Duration operationLimit) {
  public AssignmentOptions {
    immutable = Set.copyOf(immutable);
    subscriptions = Set.copyOf(subscriptions);
  }

  /** As the flags say. */
  static AssignmentOptions of(MicFlags flags) {
    return new AssignmentOptions(
        flags.createDeleteBatch,
        MicOptions.list(flags.immutableUserMsis),
        flags.own.refuseClusterIdentity,
        flags.own.detachDelay,
        flags.identityAssignmentReconcileInterval,
        flags.own.coalescingWindow,
        flags.own.maxIdentities,
        MicOptions.list(flags.own.allowedSubscriptions),
        flags.own.armCallTimeout,
        flags.own.armOperationTimeout);
  }

  /** Of a MIC without flags, in which nothing that goes off a machine is delayed, as in v1. */
  public static AssignmentOptions withoutDelay() {
    MicFlags flags = new MicFlags();
    flags.own.detachDelay = Duration.ZERO;
    return of(flags);
  }

  PlannerOptions planner(boolean forceNamespaced, String clusterIdentity) {
    return new PlannerOptions(
        forceNamespaced, immutable, clusterIdentity, refuseClusterIdentity, detachDelay);
  }

  ApplierOptions applier() {
    return new ApplierOptions(batchSize, identitiesPerTarget, ApplierOptions.DEFAULT.quarantine());
  }

  ReconcilePace pace(Duration syncInterval) {
    return new ReconcilePace(
        syncInterval, window, checkInterval, RetryPolicy.DEFAULT, ReconcilePace.DEFAULT.apart());
  }

  ArmOptions arm() {
    return new ArmOptions(callLimit, operationLimit, ArmOptions.DEFAULT.pollInterval());
  }
}
