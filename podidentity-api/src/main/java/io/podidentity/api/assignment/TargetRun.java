package io.podidentity.api.assignment;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.Telemetry;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One carrying out of one target's plan. */
final class TargetRun {
  private final TargetPlan plan;
  private final RecordWriter records;
  private final TargetChanges target;
  private final Telemetry telemetry;
  private final Instant now;
  private final Kept kept = new Kept();

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
    records.each(
        plan.removals().stream().filter(this::takesNothingAlong).toList(),
        this::remove,
        telemetry::unassignmentFailed);
    List<AssignedIdentity> leaving =
        records.each(
            plan.removals().stream().filter(record -> !takesNothingAlong(record)).toList(),
            this::announce,
            this::staysAsItIs);
    new TargetAdditions(plan, records, target, telemetry, now, kept).run();
    Set<ResourceId> detach = new LinkedHashSet<>(plan.detach());
    kept.removeFrom(detach);
    // Service principals and what others need do not wait for Azure.
    finish(leaving, detach, false, null);
    finish(leaving, detach, true, target.detach(detach));
  }

  /**
   * Whether no identity is detached with it, and nothing that comes has to learn from it whose its
   * identities are. Then it is deleted at once, without a write before that announces it.
   */
  private boolean takesNothingAlong(AssignedIdentity record) {
    return TargetDraft.added(record).stream()
        .noneMatch(id -> plan.detach().contains(id) || plan.attach().contains(id));
  }

  /**
   * NMI stops giving tokens for a record at once, and not only when Azure has finished. A record
   * that cannot be announced is left alone: someone may have revived it.
   */
  private AssignedIdentity announce(AssignedIdentity record) {
    if (record.state() == AssignmentState.ASSIGNED && !record.terminating()) {
      return records
          .store()
          .setState(
              record,
              AssignmentState.UNASSIGNED,
              TargetDraft.said(record, plan.target()).unneededSince(null));
    }
    return record;
  }

  private @Nullable Void release(AssignedIdentity record) {
    records
        .store()
        .setState(
            record,
            AssignmentState.UNASSIGNED,
            TargetDraft.said(record, plan.target()).unneededSince(now));
    return null;
  }

  private void staysAsItIs(AssignedIdentity record, PodIdentityException error) {
    kept.stays(record);
    telemetry.unassignmentFailed(record, error);
  }

  /**
   * Ends what waits for the detachment, or what does not.
   *
   * @param failure why it cannot be ended; null if it can
   */
  private void finish(
      List<AssignedIdentity> leaving,
      Set<ResourceId> detach,
      boolean waiting,
      @Nullable PodIdentityException failure) {
    List<AssignedIdentity> gone =
        leaving.stream()
            .filter(record -> waits(record, detach) == waiting && !kept.isNeeded(record))
            .toList();
    List<Change> shed =
        plan.leftovers().stream().filter(c -> waits(c.record(), detach) == waiting).toList();
    if (failure == null) {
      records.each(gone, this::remove, telemetry::unassignmentFailed);
      records.each(
          shed,
          change -> forget(change.record(), detach),
          (change, error) -> telemetry.unassignmentFailed(change.record(), error));
    } else {
      gone.forEach(record -> telemetry.unassignmentFailed(record, failure));
      shed.forEach(change -> telemetry.unassignmentFailed(change.record(), failure));
    }
  }

  private static boolean waits(AssignedIdentity record, Set<ResourceId> detach) {
    return TargetDraft.added(record).stream().anyMatch(detach::contains);
  }

  private @Nullable Void remove(AssignedIdentity record) {
    records.store().delete(record);
    telemetry.unassigned(record);
    return null;
  }

  private @Nullable Void forget(AssignedIdentity record, Set<ResourceId> detached) {
    records
        .store()
        .setState(
            record, record.state(), record.provenance().without(detached).unneededSince(null));
    return null;
  }
}
