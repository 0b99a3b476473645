package io.podidentity.api.spi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Notice;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.TargetCall;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.model.WaitReason;
import java.time.Duration;

/**
 * What the libraries report. Every method does nothing by default, so that an implementation takes
 * what it needs. Called from any thread; must be quick and must not throw. Thread-safe.
 *
 * <p>One that throws all the same changes no answer and no work, and only its report is lost: who
 * reports guards it ({@link io.podidentity.api.telemetry.GuardedTelemetry}). The first failure goes
 * to the uncaught exception handler of the thread that reports.
 */
public interface Telemetry {
  /** Reports nothing. */
  Telemetry NOOP = new Telemetry() {};

  /** An object of the cluster is left aside because of how it is written. */
  default void objectIgnored(ObjectReference object, String problem) {}

  /** The owner of an object should know something about it; told once. */
  default void noticed(Notice notice) {}

  /** The identity of the record is on the pod's machine now. */
  default void assigned(DesiredAssignment assignment) {}

  /** The identity could not be recorded, or could not be assigned in Azure; it will be retried. */
  default void assignmentFailed(DesiredAssignment assignment, PodIdentityException error) {}

  /** The record is gone, and its identity is off the machine unless another record needs it. */
  default void unassigned(AssignedIdentity record) {}

  /** The record, or its identity, could not be removed; it will be retried. */
  default void unassignmentFailed(AssignedIdentity record, PodIdentityException error) {}

  /** A change of a virtual machine or scale set failed. */
  default void targetFailed(ComputeTarget target, PodIdentityException error) {}

  /**
   * Work on a virtual machine or scale set, or on the records that belong to none, has ended. What
   * failed on the way has been reported.
   */
  default void targetWorked(Duration took) {}

  /** Azure was asked about a target, and did it. */
  default void targetCalled(ComputeTarget target, TargetCall call, Duration took) {}

  /** Azure was asked about a target, and did not do it. */
  default void targetCallFailed(ComputeTarget target, TargetCall call) {}

  /** A whole pass over the cluster, or the work on a whole target, failed; it will be retried. */
  default void passFailed(RuntimeException error) {}

  /** A token request could not be answered at once, and waits; {@link #requestWaited} follows. */
  default void requestWaits(WaitReason reason) {}

  /**
   * A token request waits no longer: what it waited for came, or did not come in time, or its
   * client hung up.
   */
  default void requestWaited(WaitReason reason, Duration took) {}

  /**
   * The token cache did so. For a hit it is called on the request's own thread, on each request.
   */
  default void tokenCache(TokenCacheEvent event) {}

  /**
   * How full the token cache is, whenever that changes.
   *
   * @param entries how many it holds
   * @param bytes about how much memory they take
   */
  default void tokenCacheFilled(int entries, long bytes) {}

  /**
   * How many fetches there are, whenever that changes.
   *
   * @param waiting for their turn
   * @param underWay being made
   */
  default void tokenFetches(TokenService service, int waiting, int underWay) {}

  /**
   * The token service was asked, and gave tokens.
   *
   * @param waited from the request to the call, and from that to a further one where it takes more
   * @param took from the call to its answer, of all together
   */
  default void tokenFetched(TokenQuery query, Duration waited, Duration took) {}

  /**
   * The token service was asked, and gave none.
   *
   * @param waited from the request to the call, and from that to a further one where it takes more
   * @param took from the call to its failure, of all together
   */
  default void tokenFetchFailed(
      TokenQuery query, Duration waited, Duration took, RuntimeException error) {}

  /**
   * The token service was not asked, or not once more where it takes that: too many fetches waited
   * for their turn, or for too long. It is none of the service's failures.
   */
  default void tokenFetchRefused(TokenQuery query) {}
}
