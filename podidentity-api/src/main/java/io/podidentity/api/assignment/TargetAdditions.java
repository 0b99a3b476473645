package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.Telemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What goes on a target in one run: looked for, written down, attached, compared, told. Before an
 * identity is attached one record has to say whose it is; the others that are about it are written
 * while Azure is at work.
 */
final class TargetAdditions {
  private final TargetPlan plan;
  private final RecordWriter records;
  private final TargetChanges target;
  private final Telemetry telemetry;
  private final Instant now;
  private final Kept kept;
  private final Intents intents;
  private List<Change> checks;

  TargetAdditions(
      TargetPlan plan,
      RecordWriter records,
      TargetChanges target,
      Telemetry telemetry,
      Instant now,
      Kept kept) {
    this.plan = plan;
    this.records = records;
    this.target = target;
    this.telemetry = telemetry;
    this.now = now;
    this.kept = kept;
    this.intents = new Intents(plan, records, target);
    this.checks = plan.checks();
  }

  void run() {
    List<DesiredAssignment> creates = new ArrayList<>(plan.creates());
    List<Change> changes = new ArrayList<>(plan.confirms());
    changes.addAll(plan.updates());
    leaveOutHeld(creates, changes);
    PodIdentityException blind = look(creates, changes);
    if (blind != null) {
      leaveOutWhatNeedsTheTarget(creates, changes, blind);
    }
    intents.found(target.there());
    FirstRecords parts = new FirstRecords(creates, intents::isSaid);
    List<Change> ready =
        new ArrayList<>(records.each(parts.first(), this::create, this::isUnwritten));
    parts.wrote(ready);
    ready.addAll(records.each(parts.instead(), this::create, this::isUnwritten));
    ready.addAll(records.each(changes, intents::intend, this::fails));
    ready.addAll(attachBeside(parts.others(), ready));

    List<Change> good = new ArrayList<>();
    List<Wrong> wrong = new ArrayList<>();
    for (Change change : ready) {
      PodIdentityException problem = target.problem(change.desired().identity());
      if (problem == null) {
        good.add(change);
      } else if (isAssigned(change)) {
        wrong.add(new Wrong(change, problem));
      } else {
        fails(change, problem);
      }
    }
    records.each(good, this::confirm, this::fails);
    for (Change check : checks) {
      AzureIdentity identity = check.desired().identity();
      PodIdentityException problem =
          target.isMismatched(identity) ? target.problem(identity) : null;
      if (problem != null) {
        wrong.add(new Wrong(check, problem));
      }
    }
    records.each(wrong, this::demote, (failed, error) -> fails(failed.change, error));
  }

  /** A record that says that the pod has what it has not, and why. */
  private record Wrong(Change change, PodIdentityException problem) {}

  /** Attaches, and writes the records meanwhile; gives these. */
  private List<Change> attachBeside(List<DesiredAssignment> others, List<Change> ready) {
    Set<ResourceId> ids = toAttach(ready, others);
    CompletableFuture<List<Change>> written =
        records.begin(others, this::create, this::isUnwritten);
    boolean attached = false;
    try {
      target.takeOffDead(ours(ready));
      target.attach(ids);
      attached = true;
    } finally {
      if (!attached) {
        // A run must not end while any of it still goes on.
        var unused = RecordWriter.await(written.exceptionally(failure -> List.of()));
      }
    }
    return RecordWriter.await(written);
  }

  /** What the records say MIC put there. */
  private List<ManagedIdentity> ours(List<Change> ready) {
    return TargetChanges.managed(
        ready.stream()
            .filter(
                change ->
                    change
                        .record()
                        .provenance()
                        .addedIds()
                        .containsAll(TargetPlans.managedIdentity(change.desired().identity())))
            .map(change -> change.desired().identity())
            .toList());
  }

  private void leaveOutHeld(List<DesiredAssignment> creates, List<Change> changes) {
    List<DesiredAssignment> heldCreates =
        takenFrom(creates, desired -> target.isHeld(desired.identity()));
    // Recorded in any case: it shows that they are known, and not assigned yet.
    recordOnly(heldCreates, null);
    List<Change> held = takenFrom(changes, this::isHeld);
    held.forEach(change -> kept.stays(change.record()));
    // The record that knows whose the identity is may be about to go.
    records.each(
        held.stream().filter(intents::canLearn).toList(),
        change -> {
          var unused = intents.intend(change);
          return null;
        },
        this::fails);
  }

  /**
   * What fits, which the list has no longer. By place: to look for each would take minutes with ten
   * thousand pods on a scale set.
   */
  private static <T> List<T> takenFrom(List<T> list, Predicate<T> fits) {
    List<T> taken = new ArrayList<>();
    list.removeIf(item -> fits.test(item) && taken.add(item));
    return taken;
  }

  private boolean isHeld(Change change) {
    return target.isHeld(change.desired().identity());
  }

  private @Nullable PodIdentityException look(
      List<DesiredAssignment> creates, List<Change> changes) {
    List<AzureIdentity> identities = new ArrayList<>();
    creates.forEach(desired -> identities.add(desired.identity()));
    Stream.of(changes, checks)
        .flatMap(List::stream)
        .forEach(change -> identities.add(change.desired().identity()));
    List<ManagedIdentity> managed = TargetChanges.managed(identities);
    return managed.isEmpty() ? null : target.look(managed, !checks.isEmpty());
  }

  private void leaveOutWhatNeedsTheTarget(
      List<DesiredAssignment> creates, List<Change> changes, PodIdentityException blind) {
    recordOnly(takenFrom(creates, TargetAdditions::needsTarget), blind);
    List<Change> waiting = takenFrom(changes, change -> needsTarget(change.desired()));
    if (plan.target() == null) {
      // No machine will ever have it: the pod must not go on with what it had before an edit.
      records.each(
          waiting.stream().filter(TargetAdditions::isOld).toList(), this::retract, this::fails);
    }
    waiting.forEach(change -> fails(change, blind));
    checks = List.of();
  }

  /** Whether its record says that the pod has something else than it should. */
  private static boolean isOld(Change change) {
    return change.record().state() == AssignmentState.ASSIGNED
        && !change.record().describes(change.desired());
  }

  private @Nullable Void retract(Change change) {
    records
        .store()
        .replace(change.record(), change.desired(), AssignmentState.CREATED, Provenance.UNKNOWN);
    return null;
  }

  private static boolean needsTarget(DesiredAssignment desired) {
    return !TargetPlans.managedIdentity(desired.identity()).isEmpty();
  }

  private Set<ResourceId> toAttach(List<Change> ready, List<DesiredAssignment> others) {
    Set<ResourceId> attach = new LinkedHashSet<>();
    others.forEach(desired -> attach.addAll(TargetPlans.managedIdentity(desired.identity())));
    Stream.of(ready, checks)
        .flatMap(List::stream)
        .filter(change -> !isHeld(change))
        .forEach(c -> attach.addAll(TargetPlans.managedIdentity(c.desired().identity())));
    return attach;
  }

  private void recordOnly(List<DesiredAssignment> creates, @Nullable PodIdentityException failure) {
    records.each(
        creates,
        desired -> {
          boolean known = intents.origin(desired) != null;
          records
              .store()
              .create(
                  desired,
                  AssignmentState.CREATED,
                  known ? intents.intent(Provenance.UNKNOWN, desired) : Provenance.UNKNOWN);
          if (failure != null) {
            telemetry.assignmentFailed(desired, failure);
          }
          return null;
        },
        this::isUnwritten);
  }

  private void isUnwritten(DesiredAssignment desired, PodIdentityException error) {
    kept.isUnwritten(desired);
    telemetry.assignmentFailed(desired, error);
  }

  /** With the intent, which has to be there before the identity is. */
  private Change create(DesiredAssignment desired) {
    // One whose identity works there already is told so at once.
    AssignmentState state =
        intents.isThere(desired) ? AssignmentState.ASSIGNED : AssignmentState.CREATED;
    AssignedIdentity stored =
        records.store().create(desired, state, intents.intent(Provenance.UNKNOWN, desired));
    // One that was there already may say less.
    return intents.intend(new Change(stored, desired));
  }

  private @Nullable Void confirm(Change change) {
    AssignedIdentity record = change.record();
    if (isAssigned(change)) {
      telemetry.assigned(change.desired());
      return null;
    }
    Provenance said = TargetDraft.said(record, plan.target());
    // What was about to be done, and was refused.
    said = said.without(intents.others(said.addedIds()));
    Set<ResourceId> left = new HashSet<>(said.addedIds());
    left.removeAll(TargetPlans.managedIdentity(change.desired().identity()));
    Provenance provenance = said.unneededSince(left.isEmpty() ? null : now);
    if (record.describes(change.desired())) {
      records.store().setState(record, AssignmentState.ASSIGNED, provenance);
    } else {
      records.store().replace(record, change.desired(), AssignmentState.ASSIGNED, provenance);
    }
    telemetry.assigned(change.desired());
    return null;
  }

  /** Whether the record says already that the pod has what is desired. */
  private static boolean isAssigned(Change change) {
    return change.record().state() == AssignmentState.ASSIGNED
        && change.record().describes(change.desired());
  }

  /** Nobody is given tokens of an identity that is not what its object says, or is not there. */
  private @Nullable Void demote(Wrong wrong) {
    Change change = wrong.change;
    AssignedIdentity record = change.record();
    // Created without a word would mean that it may be another's.
    records
        .store()
        .setState(record, AssignmentState.CREATED, TargetDraft.said(record, plan.target()));
    telemetry.assignmentFailed(change.desired(), wrong.problem);
    return null;
  }

  private void fails(Change change, PodIdentityException error) {
    kept.stays(change.record());
    // On a machine that is gone there is nothing to know.
    if (!intents.saysAll(change) && error.reason() != ErrorReason.TARGET_NOT_FOUND) {
      kept.isUnwritten(change.desired());
    }
    telemetry.assignmentFailed(change.desired(), error);
  }
}
