package io.podidentity.api.spi;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;

/**
 * Writes {@code AzureAssignedIdentity} records. Called by the reconciler's workers; may block.
 * Thread-safe. Each call may be repeated after a failure at any point and then completes what is
 * missing.
 *
 * <p>Every method throws {@link io.podidentity.api.PodIdentityException} with {@code
 * CLUSTER_CONFLICT} if the record is not the one that was read (it was replaced or changed by
 * another), and {@code CLUSTER_UNAVAILABLE} if the Kubernetes API failed or refused.
 */
public interface AssignmentStore {
  /**
   * Creates the record in state {@code Created}.
   *
   * @return the record as it was stored
   */
  AssignedIdentity create(DesiredAssignment desired);

  /**
   * Replaces what the record says about its identity, binding, pod and node, and its state.
   *
   * @return the record as it was stored
   */
  AssignedIdentity replace(
      AssignedIdentity existing, DesiredAssignment desired, AssignmentState state);

  /** Changes the state of the record, and nothing else. */
  void setState(AssignedIdentity existing, AssignmentState state);

  /** Deletes the record and lets go of its finalizer. One that is gone already is a success. */
  void delete(AssignedIdentity existing);
}
