package io.podidentity.mic;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.bin.metrics.V1Metrics;
import io.podidentity.bin.metrics.V1Metrics.KubernetesOperation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Counts and times the writes of records, as AAD Pod Identity v1 does. */
record CountedStore(AssignmentStore store, V1Metrics metrics, Clock clock)
    implements AssignmentStore {

  @Override
  public AssignedIdentity create(
      DesiredAssignment desired, AssignmentState state, Provenance provenance) {
    return timed(
        KubernetesOperation.RECORD_ADDITION,
        metrics::recordAdded,
        () -> store.create(desired, state, provenance));
  }

  @Override
  public AssignedIdentity replace(
      AssignedIdentity existing,
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance) {
    return timed(
        KubernetesOperation.RECORD_UPDATE,
        metrics::recordUpdated,
        () -> store.replace(existing, desired, state, provenance));
  }

  @Override
  public AssignedIdentity setState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance) {
    // v1 has no duration of it.
    return timed(
        KubernetesOperation.RECORD_STATE,
        took -> {},
        () -> store.setState(existing, state, provenance));
  }

  @Override
  public void delete(AssignedIdentity existing) {
    var unused =
        timed(
            KubernetesOperation.RECORD_DELETION,
            metrics::recordDeleted,
            () -> {
              store.delete(existing);
              return existing;
            });
  }

  private <T> T timed(KubernetesOperation operation, Consumer<Duration> done, Supplier<T> call) {
    Instant start = clock.instant();
    T result;
    try {
      result = call.get();
    } catch (RuntimeException e) {
      metrics.kubernetesFailed(operation);
      throw e;
    }
    done.accept(Duration.between(start, clock.instant()));
    return result;
  }
}
