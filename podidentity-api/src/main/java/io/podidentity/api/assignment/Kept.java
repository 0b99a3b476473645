package io.podidentity.api.assignment;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ResourceId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** What must stay as it is in this run, because something failed. Thread-safe. */
final class Kept {
  // Identities of records that could not be moved on: they stay on the target.
  private final Set<ResourceId> inUse = Collections.synchronizedSet(new HashSet<>());
  // Identities of records that could not be written: what others know of them must not be lost.
  private final Set<ResourceId> unwritten = Collections.synchronizedSet(new HashSet<>());

  /** The record could not be moved on. */
  void stays(AssignedIdentity record) {
    inUse.addAll(TargetDraft.added(record));
  }

  /** The record could not be written. */
  void isUnwritten(DesiredAssignment desired) {
    unwritten.addAll(TargetPlans.managedIdentity(desired.identity()));
  }

  /** What of these may go. */
  void removeFrom(Collection<ResourceId> detach) {
    detach.removeAll(inUse);
  }

  /** Whether the record knows something that another one should know first. */
  boolean isNeeded(AssignedIdentity record) {
    return TargetDraft.added(record).stream().anyMatch(unwritten::contains);
  }
}
