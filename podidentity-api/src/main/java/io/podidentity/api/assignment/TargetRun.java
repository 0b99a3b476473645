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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One carrying out of one target's plan. */
final class TargetRun {
  private final TargetPlan plan;
  private final AssignmentStore store;
  private final ComputeIdentities compute;
  private final Telemetry telemetry;
  private final Batches batches;
  private final AtomicInteger failures = new AtomicInteger();
  // Identities of records that could not be moved on: they stay on the target in this run.
  private final Set<ResourceId> inUse = ConcurrentHashMap.newKeySet();
  private final Map<ResourceId, PodIdentityException> notAttached = new HashMap<>();
  // Once Azure asked to be left alone, or could not be reached, it is not asked again in this run.
  private @Nullable PodIdentityException unavailable;
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
    List<Change> confirms = new ArrayList<>(createRecords());
    confirms.addAll(plan.confirms());
    List<AssignedIdentity> removals = announceRemovals();
    attach(List.copyOf(toAttach(confirms)));

    List<Change> ready = ready(confirms);
    each(ready, Change::desired, telemetry::assignmentFailed, this::confirm);
    List<Change> updates = ready(plan.updates());

    Set<ResourceId> detach = new LinkedHashSet<>(plan.detachRemoved());
    detach.addAll(plan.detachReplaced());
    detach.removeAll(inUse);
    Predicate<AssignedIdentity> waits =
        record -> !Collections.disjoint(detach, TargetPlans.managedIdentity(record.identity()));
    finish(updates, removals, waits.negate(), null);
    finish(updates, removals, waits, unavailable != null ? unavailable : change(Set.of(), detach));
    return new ReconcileReport(failures.get(), unavailable != null, retryAfter);
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

  /**
   * NMI stops giving tokens for a record at once, and not only when Azure has finished. A record
   * that cannot be announced is left alone: someone may have revived it.
   *
   * @return those that were announced, and those that need not be
   */
  private List<AssignedIdentity> announceRemovals() {
    Queue<AssignedIdentity> announced = new ConcurrentLinkedQueue<>();
    each(
        plan.removals(),
        record -> record,
        (record, error) -> {
          stays(record);
          telemetry.unassignmentFailed(record, error);
        },
        record -> {
          if (record.state() == AssignmentState.ASSIGNED && !record.terminating()) {
            store.setState(record, AssignmentState.UNASSIGNED);
          }
          announced.add(record);
        });
    return List.copyOf(announced);
  }

  /** What the plan says, without that of which the record could not be written. */
  private Set<ResourceId> toAttach(List<Change> confirms) {
    Set<ResourceId> recorded = new HashSet<>();
    Stream.concat(confirms.stream(), plan.updates().stream())
        .forEach(change -> recorded.addAll(needed(change)));
    Set<ResourceId> attach = new LinkedHashSet<>(plan.attach());
    attach.retainAll(recorded);
    return attach;
  }

  /**
   * Attaches as many as Azure takes. What it refuses together it is asked for in halves: one bad
   * identity keeps no other off the target.
   */
  private void attach(List<ResourceId> identities) {
    PodIdentityException failure =
        unavailable != null ? unavailable : change(Set.copyOf(identities), Set.of());
    if (failure == null) {
      return;
    }
    if (failure.reason() == ErrorReason.TARGET_REJECTED && identities.size() > 1) {
      int half = identities.size() / 2;
      attach(identities.subList(0, half));
      attach(identities.subList(half, identities.size()));
    } else {
      identities.forEach(identity -> notAttached.put(identity, failure));
    }
  }

  /** Those whose identity is on the target now, or needs not be. */
  private List<Change> ready(List<Change> changes) {
    List<Change> ready = new ArrayList<>();
    for (Change change : changes) {
      PodIdentityException failure =
          needed(change).stream()
              .map(notAttached::get)
              .filter(Objects::nonNull)
              .findAny()
              .orElse(null);
      if (failure == null) {
        ready.add(change);
      } else {
        stays(change.record());
        telemetry.assignmentFailed(change.desired(), failure);
      }
    }
    return ready;
  }

  /**
   * Ends what the predicate picks. A record whose identity changed keeps the old one until the old
   * one is off the machine: were it written earlier, a crash in between would leave an identity on
   * the machine that no record names.
   *
   * @param failure why it cannot be ended; null if it can
   */
  private void finish(
      List<Change> updates,
      List<AssignedIdentity> removals,
      Predicate<AssignedIdentity> which,
      @Nullable PodIdentityException failure) {
    List<Change> toUpdate = updates.stream().filter(change -> which.test(change.record())).toList();
    List<AssignedIdentity> toRemove = removals.stream().filter(which).toList();
    if (failure == null) {
      each(toUpdate, Change::desired, telemetry::assignmentFailed, this::update);
      each(toRemove, record -> record, telemetry::unassignmentFailed, this::remove);
    } else {
      toUpdate.forEach(change -> telemetry.assignmentFailed(change.desired(), failure));
      toRemove.forEach(record -> telemetry.unassignmentFailed(record, failure));
    }
  }

  private void confirm(Change change) {
    store.setState(change.record(), AssignmentState.ASSIGNED);
    telemetry.assigned(change.desired());
  }

  private void update(Change change) {
    store.replace(change.record(), change.desired(), AssignmentState.ASSIGNED);
    telemetry.assigned(change.desired());
  }

  private void remove(AssignedIdentity record) {
    store.delete(record);
    telemetry.unassigned(record);
  }

  private void stays(AssignedIdentity record) {
    inUse.addAll(TargetPlans.managedIdentity(record.identity()));
  }

  private static Set<ResourceId> needed(Change change) {
    return TargetPlans.managedIdentity(change.desired().identity());
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
      if (e.reason() == ErrorReason.TARGET_UNAVAILABLE) {
        unavailable = e;
        retryAfter = e.retryAfter().orElse(retryAfter);
      }
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
