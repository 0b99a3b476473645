package io.podidentity.api.assignment;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.Telemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One carrying out of one target's plan. */
final class TargetRun {
  private final TargetPlan plan;
  private final RecordWriter records;
  private final TargetChanges target;
  private final Telemetry telemetry;
  private final Instant now;
  // Identities of records that could not be moved on: they stay on the target in this run.
  private final Set<ResourceId> inUse = Collections.synchronizedSet(new HashSet<>());
  // Identities of records that could not be written: what others know of them must not be lost.
  private final Set<ResourceId> unwritten = Collections.synchronizedSet(new HashSet<>());

  TargetRun(
      TargetPlan plan,
      RecordWriter records,
      TargetChanges target,
      Telemetry telemetry,
      Instant now) {
    this.plan = plan;
    this.records = records;
    this.target = target;
    this.telemetry = telemetry;
    this.now = now;
  }

  void run() {
    records.each(plan.releases(), this::release, this::staysAsItIs);
    List<AssignedIdentity> leaving =
        records.each(plan.removals(), this::announce, this::staysAsItIs);
    additions();
    Set<ResourceId> detach = new LinkedHashSet<>(plan.detach());
    detach.removeAll(inUse);
    // Service principals and what others need do not wait for Azure.
    finish(leaving, plan.leftovers(), detach, false, null);
    finish(leaving, plan.leftovers(), detach, true, target.detach(detach));
  }

  private void additions() {
    List<DesiredAssignment> creates = new ArrayList<>(plan.creates());
    List<Change> changes = new ArrayList<>(plan.confirms());
    changes.addAll(plan.updates());
    List<Change> checks = plan.checks();
    List<Change> held = changes.stream().filter(this::isHeld).toList();
    List<DesiredAssignment> heldCreates =
        creates.stream().filter(desired -> target.isHeld(desired.identity())).toList();
    changes.removeAll(held);
    creates.removeAll(heldCreates);
    held.forEach(change -> stays(change.record()));

    PodIdentityException blind = look(creates, changes, checks);
    List<Change> ready = new ArrayList<>();
    // Recorded in any case, so that it shows that they are known and not yet assigned.
    recordOnly(heldCreates, null);
    if (blind != null) {
      List<DesiredAssignment> none = creates.stream().filter(TargetRun::needsTarget).toList();
      recordOnly(none, blind);
      creates.removeAll(none);
      changes.stream()
          .filter(change -> needsTarget(change.desired()))
          .forEach(c -> fails(c, blind));
      changes.removeIf(change -> needsTarget(change.desired()));
      checks = List.of();
    }
    ready.addAll(records.each(creates, this::create, this::isUnwritten));
    ready.addAll(records.each(changes, this::intend, this::fails));
    Set<ResourceId> attach = new LinkedHashSet<>();
    Stream.of(ready, checks)
        .flatMap(List::stream)
        .filter(change -> !isHeld(change))
        .forEach(c -> attach.addAll(TargetPlans.managedIdentity(c.desired().identity())));
    target.attach(attach);

    List<Change> good = new ArrayList<>();
    for (Change change : ready) {
      PodIdentityException problem = target.problem(change.desired().identity());
      if (problem == null) {
        good.add(change);
      } else {
        fails(change, problem);
      }
    }
    records.each(good, this::confirm, this::fails);
    demote(checks);
  }

  private @Nullable PodIdentityException look(
      List<DesiredAssignment> creates, List<Change> changes, List<Change> checks) {
    List<Change> all = new ArrayList<>(changes);
    all.addAll(checks);
    List<AzureIdentity> identities = new ArrayList<>();
    creates.forEach(desired -> identities.add(desired.identity()));
    all.forEach(change -> identities.add(change.desired().identity()));
    var managed = TargetChanges.managed(identities);
    return managed.isEmpty() ? null : target.look(managed, !checks.isEmpty());
  }

  private static boolean needsTarget(DesiredAssignment desired) {
    return !TargetPlans.managedIdentity(desired.identity()).isEmpty();
  }

  private boolean isHeld(Change change) {
    return target.isHeld(change.desired().identity());
  }

  private void recordOnly(List<DesiredAssignment> creates, @Nullable PodIdentityException failure) {
    records.each(
        creates,
        desired -> {
          Boolean origin = origin(desired);
          records
              .store()
              .create(desired, origin == null ? Provenance.UNKNOWN : provenance(desired, origin));
          if (failure != null) {
            telemetry.assignmentFailed(desired, failure);
          }
          return null;
        },
        this::isUnwritten);
  }

  private void isUnwritten(DesiredAssignment desired, PodIdentityException error) {
    unwritten.addAll(TargetPlans.managedIdentity(desired.identity()));
    telemetry.assignmentFailed(desired, error);
  }

  /** With the intent, which has to be there before the identity is. */
  private Change create(DesiredAssignment desired) {
    AssignedIdentity stored = records.store().create(desired, intent(Provenance.UNKNOWN, desired));
    // One that was there already may say less.
    return intend(new Change(stored, desired));
  }

  private Change intend(Change change) {
    AssignedIdentity record = change.record();
    Provenance known = record.provenance();
    boolean saysAll =
        known.isKnown()
            && TargetPlans.managedIdentity(record.identity())
                .equals(TargetPlans.managedIdentity(change.desired().identity()));
    if (saysAll || !needsTarget(change.desired())) {
      return change;
    }
    Provenance intent = intent(said(record), change.desired());
    return intent.equals(known)
        ? change
        : new Change(records.store().setState(record, record.state(), intent), change.desired());
  }

  private Provenance intent(Provenance known, DesiredAssignment desired) {
    Set<ResourceId> ids = TargetPlans.managedIdentity(desired.identity());
    if (ids.isEmpty()) {
      return known;
    }
    Boolean origin = origin(desired);
    boolean ours = origin != null ? origin : ids.stream().noneMatch(target::has);
    return known.adding(plan.target(), ours ? ids : Set.of());
  }

  private Provenance provenance(DesiredAssignment desired, boolean ours) {
    return Provenance.UNKNOWN.adding(
        plan.target(), ours ? TargetPlans.managedIdentity(desired.identity()) : Set.of());
  }

  private @Nullable Boolean origin(DesiredAssignment desired) {
    return TargetPlans.managedIdentity(desired.identity()).stream()
        .map(plan.origins()::get)
        .filter(origin -> origin != null)
        .findAny()
        .orElse(null);
  }

  private @Nullable Void confirm(Change change) {
    AssignedIdentity record = change.record();
    Provenance said = said(record);
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

  /** Nobody is given tokens of an identity that is not what its object says. */
  private void demote(List<Change> checks) {
    List<Change> wrong =
        checks.stream().filter(c -> target.isMismatched(c.desired().identity())).toList();
    records.each(
        wrong,
        change -> {
          records.store().setState(change.record(), AssignmentState.CREATED);
          PodIdentityException problem = target.problem(change.desired().identity());
          if (problem != null) {
            telemetry.assignmentFailed(change.desired(), problem);
          }
          return null;
        },
        this::fails);
  }

  private void fails(Change change, PodIdentityException error) {
    stays(change.record());
    telemetry.assignmentFailed(change.desired(), error);
  }

  /**
   * NMI stops giving tokens for a record at once, and not only when Azure has finished. A record
   * that cannot be announced is left alone: someone may have revived it.
   */
  private AssignedIdentity announce(AssignedIdentity record) {
    if (record.state() == AssignmentState.ASSIGNED && !record.terminating()) {
      return records
          .store()
          .setState(record, AssignmentState.UNASSIGNED, said(record).unneededSince(null));
    }
    return record;
  }

  private @Nullable Void release(AssignedIdentity record) {
    records.store().setState(record, AssignmentState.UNASSIGNED, said(record).unneededSince(now));
    return null;
  }

  /** In v1's records it goes without saying that what is assigned is MIC's. */
  private Provenance said(AssignedIdentity record) {
    Provenance known = record.provenance();
    Set<ResourceId> added = Set.copyOf(TargetDraft.added(record));
    return known.isKnown() || added.isEmpty() ? known : known.adding(plan.target(), added);
  }

  private void staysAsItIs(AssignedIdentity record, PodIdentityException error) {
    stays(record);
    telemetry.unassignmentFailed(record, error);
  }

  /** Ends what waits for the detachment, or what does not. */
  private void finish(
      List<AssignedIdentity> leaving,
      List<Change> leftovers,
      Set<ResourceId> detach,
      boolean waiting,
      @Nullable PodIdentityException failure) {
    List<AssignedIdentity> gone =
        leaving.stream()
            .filter(record -> waits(record, detach) == waiting)
            .filter(record -> TargetDraft.added(record).stream().noneMatch(unwritten::contains))
            .toList();
    List<Change> shed =
        leftovers.stream().filter(c -> waits(c.record(), detach) == waiting).toList();
    if (failure == null) {
      records.each(gone, this::remove, telemetry::unassignmentFailed);
      records.each(shed, change -> forget(change, detach), telemetryOfLeftover());
    } else {
      gone.forEach(record -> telemetry.unassignmentFailed(record, failure));
      shed.forEach(change -> telemetry.unassignmentFailed(change.record(), failure));
    }
  }

  private BiConsumer<Change, PodIdentityException> telemetryOfLeftover() {
    return (change, error) -> telemetry.unassignmentFailed(change.record(), error);
  }

  private static boolean waits(AssignedIdentity record, Set<ResourceId> detach) {
    Collection<ResourceId> added = TargetDraft.added(record);
    return added.stream().anyMatch(detach::contains);
  }

  private @Nullable Void remove(AssignedIdentity record) {
    records.store().delete(record);
    telemetry.unassigned(record);
    return null;
  }

  private @Nullable Void forget(Change change, Set<ResourceId> detached) {
    AssignedIdentity record = change.record();
    records
        .store()
        .setState(
            record, record.state(), record.provenance().without(detached).unneededSince(null));
    return null;
  }

  private void stays(AssignedIdentity record) {
    inUse.addAll(TargetDraft.added(record));
  }
}
