package io.podidentity.api.spi;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;

/**
 * Writes {@code AzureAssignedIdentity} records. Called by the reconciler's workers; may block.
 * Thread-safe. Each call may be repeated after a failure at any point and then completes what is
 * missing.
 *
 * <p>Every method throws {@link io.podidentity.api.PodIdentityException} with {@code
 * CLUSTER_CONFLICT} if the record is not the one that was read (it was replaced, or another changed
 * what it says), and {@code CLUSTER_UNAVAILABLE} if the Kubernetes API failed or refused.
 */
public interface AssignmentStore {
  /**
   * Creates the record.
   *
   * @param state {@code Assigned} if the pod may have its identity at once
   * @return the record as it was stored; the one that is there already, in whatever state, if that
   *     says the same about the pod, identity and binding
   */
  AssignedIdentity create(DesiredAssignment desired, AssignmentState state, Provenance provenance);

  /**
   * Replaces all that the record says, in one write.
   *
   * @return the record as it was stored
   */
  AssignedIdentity replace(
      AssignedIdentity existing,
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance);

  /**
   * Changes the state of the record and what it says about Azure, in one write, and nothing else.
   *
   * @return the record as it was stored
   */
  AssignedIdentity setState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance);

  /** Deletes the record and lets go of its finalizer. One that is gone already is a success. */
  void delete(AssignedIdentity existing);

  /** Creates the record before anything is known about Azure, in state {@code Created}. */
  default AssignedIdentity create(DesiredAssignment desired) {
    return create(desired, AssignmentState.CREATED, Provenance.UNKNOWN);
  }

  /** Replaces all but what the record says about Azure. */
  default AssignedIdentity replace(
      AssignedIdentity existing, DesiredAssignment desired, AssignmentState state) {
    return replace(existing, desired, state, existing.provenance());
  }

  /** Changes the state of the record, and nothing else. */
  default AssignedIdentity setState(AssignedIdentity existing, AssignmentState state) {
    return setState(existing, state, existing.provenance());
  }
}
