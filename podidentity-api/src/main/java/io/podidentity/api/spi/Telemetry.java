package io.podidentity.api.spi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;

/**
 * What the libraries report. Every method does nothing by default, so that an implementation takes
 * what it needs. Called from any thread; must be quick and must not throw. Thread-safe.
 */
public interface Telemetry {
  /** Reports nothing. */
  Telemetry NOOP = new Telemetry() {};

  /** An object of the cluster is left aside because of how it is written. */
  default void objectIgnored(NamespacedName object, String problem) {}

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

  /** A whole pass over the cluster, or the work on a whole target, failed; it will be retried. */
  default void passFailed(RuntimeException error) {}
}
