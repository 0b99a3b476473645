package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One carrying out of one target's plan. */
final class TargetRun {
  private final TargetPlan plan;
  private final AssignmentStore store;
  private final ComputeIdentities compute;
  private final Telemetry telemetry;
  private final Batches batches;
  private final AtomicInteger failures = new AtomicInteger();
  private @Nullable Duration retryAfter;

  TargetRun(
      TargetPlan plan,
      AssignmentStore store,
      ComputeIdentities compute,
      Telemetry telemetry,
      Batches batches) {
    this.plan = plan;
    this.store = store;
    this.compute = compute;
    this.telemetry = telemetry;
    this.batches = batches;
  }

  ReconcileReport run() {
    List<Change> recorded = createRecords();
    announceRemovals();
    @Nullable PodIdentityException notAttached = change(plan.attach(), Set.of());
    if (notAttached == null) {
      each(recorded, Change::desired, telemetry::assignmentFailed, this::confirm);
      each(plan.confirms(), Change::desired, telemetry::assignmentFailed, this::confirm);
    } else {
      recorded.forEach(change -> telemetry.assignmentFailed(change.desired(), notAttached));
      plan.confirms().forEach(change -> telemetry.assignmentFailed(change.desired(), notAttached));
      plan.updates().forEach(change -> telemetry.assignmentFailed(change.desired(), notAttached));
    }
    detachAndFinish(notAttached == null);
    return new ReconcileReport(failures.get(), retryAfter);
  }

  private List<Change> createRecords() {
    Queue<Change> recorded = new ConcurrentLinkedQueue<>();
    each(
        plan.creates(),
        desired -> desired,
        telemetry::assignmentFailed,
        desired -> recorded.add(new Change(store.create(desired), desired)));
    return List.copyOf(recorded);
  }

  /** NMI stops giving tokens for a record at once, and not only when Azure has finished. */
  private void announceRemovals() {
    List<AssignedIdentity> live =
        plan.removals().stream()
            .filter(record -> record.state() == AssignmentState.ASSIGNED && !record.terminating())
            .toList();
    each(
        live,
        record -> record,
        telemetry::unassignmentFailed,
        record -> store.setState(record, AssignmentState.UNASSIGNED));
  }

  private void confirm(Change change) {
    store.setState(change.record(), AssignmentState.ASSIGNED);
    telemetry.assigned(change.desired());
  }

  private void detachAndFinish(boolean attached) {
    Set<ResourceId> detach = new HashSet<>(plan.detachRemoved());
    if (attached) {
      detach.addAll(plan.detachReplaced());
    }
    @Nullable PodIdentityException notDetached = change(Set.of(), detach);
    if (notDetached != null) {
      plan.removals().forEach(record -> telemetry.unassignmentFailed(record, notDetached));
      return;
    }
    if (attached) {
      each(plan.updates(), Change::desired, telemetry::assignmentFailed, this::update);
    }
    each(plan.removals(), record -> record, telemetry::unassignmentFailed, this::remove);
  }

  /**
   * A record whose identity changed keeps the old one until the old one is off the machine: were it
   * written earlier, a crash in between would leave an identity on the machine that no record
   * names.
   */
  private void update(Change change) {
    store.replace(change.record(), change.desired(), AssignmentState.ASSIGNED);
    telemetry.assigned(change.desired());
  }

  private void remove(AssignedIdentity record) {
    store.delete(record);
    telemetry.unassigned(record);
  }

  /** Changes the target; null on success. Removing from a target that is gone is a success. */
  private @Nullable PodIdentityException change(Set<ResourceId> attach, Set<ResourceId> detach) {
    if (plan.target() == null && attach.isEmpty()) {
      return null;
    }
    if (plan.target() == null) {
      failures.incrementAndGet();
      return new PodIdentityException(
          ErrorReason.TARGET_NOT_FOUND,
          "the node's spec.providerID names no virtual machine or scale set to assign to");
    }
    if (attach.isEmpty() && detach.isEmpty()) {
      return null;
    }
    try {
      compute.update(plan.target(), attach, detach);
      return null;
    } catch (PodIdentityException e) {
      if (e.reason() == ErrorReason.TARGET_NOT_FOUND && attach.isEmpty()) {
        return null;
      }
      failures.incrementAndGet();
      retryAfter = e.retryAfter().orElse(retryAfter);
      telemetry.targetFailed(plan.target(), e);
      return e;
    }
  }

  private <T, R> void each(
      List<T> items,
      Function<T, R> subject,
      BiConsumer<R, PodIdentityException> onFailure,
      Consumer<T> action) {
    batches.forEach(
        items,
        item -> {
          try {
            action.accept(item);
          } catch (PodIdentityException e) {
            failures.incrementAndGet();
            onFailure.accept(subject.apply(item), e);
          }
        });
  }
}
