package io.podidentity.mic;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ComputeIdentities;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Lets writes through only while this instance holds the lease. A leader that was halted beyond its
 * lease (a frozen machine, SIGSTOP) and goes on would write beside the next one; AAD Pod Identity
 * v1 does.
 *
 * @param leading whether the lease is held, by the clock of this moment
 */
record LeaderOnly(BooleanSupplier leading, AssignmentStore store, ComputeIdentities compute)
    implements AssignmentStore, ComputeIdentities {

  @Override
  public AssignedIdentity create(DesiredAssignment desired, Provenance provenance) {
    check();
    return store.create(desired, provenance);
  }

  @Override
  public AssignedIdentity replace(
      AssignedIdentity existing,
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance) {
    check();
    return store.replace(existing, desired, state, provenance);
  }

  @Override
  public AssignedIdentity setState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance) {
    check();
    return store.setState(existing, state, provenance);
  }

  @Override
  public void delete(AssignedIdentity existing) {
    check();
    store.delete(existing);
  }

  @Override
  public TargetIdentities read(ComputeTarget target) {
    return compute.read(target);
  }

  @Override
  public TargetIdentities update(
      ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach) {
    check();
    return compute.update(target, attach, detach);
  }

  private void check() {
    if (!leading.getAsBoolean()) {
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "the lease is not held any more, so nothing is written");
    }
  }
}
