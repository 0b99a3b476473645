package io.podidentity.testkit;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.spi.AssignmentStore;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The records, and the rules of the store. */
final class RecordShelf implements AssignmentStore {
  final Shelf<NamespacedName, AssignedIdentity, NamespacedName> records;

  private final AtomicLong versions = new AtomicLong();
  private volatile @Nullable PodIdentityException writeError;

  RecordShelf(Object lock, Runnable onAnyChange) {
    records = new Shelf<>(lock, record -> Set.of(record.pod()), onAnyChange);
  }

  void failWrites(@Nullable PodIdentityException error) {
    writeError = error;
  }

  @Override
  public AssignedIdentity create(
      DesiredAssignment desired, AssignmentState state, Provenance provenance) {
    checkWritable();
    AssignedIdentity stored =
        records.change(
            desired.record(),
            existing -> {
              if (existing == null) {
                String version = nextVersion();
                return record(desired, "record-" + version, version, state, provenance);
              }
              if (existing.terminating() || !existing.describes(desired)) {
                throw conflict(desired.record(), "it exists already, and says something else");
              }
              return existing;
            });
    return present(stored, desired.record());
  }

  @Override
  public AssignedIdentity replace(
      AssignedIdentity existing,
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance) {
    checkWritable();
    AssignedIdentity stored =
        records.change(
            existing.name(),
            now -> {
              AssignedIdentity current = same(existing, now);
              if (current.describes(desired)
                  && current.state() == state
                  && current.provenance().equals(provenance)) {
                return current;
              }
              if (!current.resourceVersion().equals(existing.resourceVersion())) {
                throw conflict(existing.name(), "another has changed it");
              }
              return record(desired, current.uid(), nextVersion(), state, provenance);
            });
    return present(stored, existing.name());
  }

  @Override
  public AssignedIdentity setState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance) {
    checkWritable();
    AssignedIdentity stored =
        records.change(
            existing.name(),
            now -> {
              AssignedIdentity current = same(existing, now);
              if (current.state() == state && current.provenance().equals(provenance)) {
                return current;
              }
              checkSaysTheSame(existing, current);
              return current.with(nextVersion(), state, provenance);
            });
    return present(stored, existing.name());
  }

  @Override
  public void delete(AssignedIdentity existing) {
    checkWritable();
    records.change(
        existing.name(),
        now -> {
          if (now == null || !now.uid().equals(existing.uid())) {
            return now;
          }
          checkSaysTheSame(existing, now);
          return null;
        });
  }

  private static void checkSaysTheSame(AssignedIdentity existing, AssignedIdentity current) {
    if (!current.saysTheSameAs(existing)) {
      throw conflict(existing.name(), "another has changed it");
    }
  }

  private static AssignedIdentity same(
      AssignedIdentity existing, @Nullable AssignedIdentity current) {
    if (current == null) {
      throw conflict(existing.name(), "it is gone");
    }
    if (!current.uid().equals(existing.uid())) {
      throw conflict(existing.name(), "another record has its name");
    }
    return current;
  }

  private static AssignedIdentity present(@Nullable AssignedIdentity stored, NamespacedName name) {
    if (stored == null) {
      throw new IllegalStateException("not stored: " + name);
    }
    return stored;
  }

  private static AssignedIdentity record(
      DesiredAssignment desired,
      String uid,
      String version,
      AssignmentState state,
      Provenance provenance) {
    return new AssignedIdentity(
        desired.record(),
        uid,
        version,
        desired.pod().name(),
        desired.pod().uid(),
        desired.nodeName(),
        desired.identity(),
        desired.binding(),
        state,
        false,
        provenance);
  }

  private String nextVersion() {
    return String.valueOf(versions.incrementAndGet());
  }

  private void checkWritable() {
    PodIdentityException error = writeError;
    if (error != null) {
      throw error;
    }
  }

  private static PodIdentityException conflict(NamespacedName record, String problem) {
    return new PodIdentityException(
        ErrorReason.CLUSTER_CONFLICT,
        "writing AzureAssignedIdentity %s: %s; the next pass looks again"
            .formatted(record, problem));
  }
}
