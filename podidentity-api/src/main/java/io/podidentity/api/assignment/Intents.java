package io.podidentity.api.assignment;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What records say before an identity is attached in one run: that MIC is about to put it on the
 * target, or that it was there. By that it is known later who may take it off.
 */
final class Intents {
  private final TargetPlan plan;
  private final RecordWriter records;
  private final TargetChanges target;
  // Set before records are written by other threads.
  private TargetIdentities before = TargetIdentities.NONE;

  Intents(TargetPlan plan, RecordWriter records, TargetChanges target) {
    this.plan = plan;
    this.records = records;
    this.target = target;
  }

  /** To be called when the target was looked at, before anything changes it. */
  void found(TargetIdentities there) {
    before = there;
  }

  /** Whether it is there already and pods can use it. */
  boolean isThere(DesiredAssignment desired) {
    return LiveTarget.works(before, desired.identity());
  }

  /** Whether it need not be written before the identity is attached. */
  boolean isSaid(ResourceId id) {
    return before.has(id) || plan.origins().containsKey(id);
  }

  /** Whether its record does not say it yet, and another does. */
  boolean canLearn(Change change) {
    return !saysAll(change) && origin(change.desired()) != null;
  }

  /**
   * The change with a record that has the intent.
   *
   * @throws PodIdentityException if it cannot be written
   */
  Change intend(Change change) {
    if (saysAll(change)) {
      return change;
    }
    AssignedIdentity record = change.record();
    Provenance said = TargetDraft.said(record, plan.target());
    Provenance intent = intent(said, change.desired());
    if (!said.isKnown() && !isOfTheSame(change) && !managed(record).isEmpty()) {
      // Nothing was put there for the identity that it is about, and nobody knows whose that is.
      // What is said from now on has to be about the one that the record names.
      return new Change(
          records.store().replace(record, change.desired(), AssignmentState.CREATED, intent),
          change.desired());
    }
    return intent.equals(record.provenance())
        ? change
        : new Change(records.store().setState(record, record.state(), intent), change.desired());
  }

  /** Whether the record has the intent already. */
  boolean saysAll(Change change) {
    boolean known = change.record().provenance().isKnown() && isOfTheSame(change);
    return known || TargetPlans.managedIdentity(change.desired().identity()).isEmpty();
  }

  /** Whether the record is about the identity that is desired. */
  private static boolean isOfTheSame(Change change) {
    return managed(change.record())
        .equals(TargetPlans.managedIdentity(change.desired().identity()));
  }

  private static Set<ResourceId> managed(AssignedIdentity record) {
    return TargetPlans.managedIdentity(record.identity());
  }

  /** What is known, and that MIC is about to attach it, or that it is there by others. */
  Provenance intent(Provenance known, DesiredAssignment desired) {
    Set<ResourceId> ids = TargetPlans.managedIdentity(desired.identity());
    if (ids.isEmpty()) {
      return known;
    }
    Boolean origin = origin(desired);
    boolean ours = origin != null ? origin : ids.stream().noneMatch(before::has);
    return known.adding(plan.target(), ours ? ids : Set.of());
  }

  /** Whether MIC put it there, as far as some record knows; null if none does. */
  @Nullable Boolean origin(DesiredAssignment desired) {
    for (ResourceId id : TargetPlans.managedIdentity(desired.identity())) {
      return isOthers(id) ? Boolean.FALSE : plan.origins().get(id);
    }
    return null;
  }

  private boolean isOthers(ResourceId id) {
    return before.has(id) && target.isOthers(id);
  }

  /** Those of them that others put there. */
  Set<ResourceId> others(Set<ResourceId> ids) {
    return ids.stream().filter(this::isOthers).collect(Collectors.toSet());
  }
}
