package io.podidentity.api.assignment;

import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is known of one target while a plan is made; finds out what goes on, what off, and when. */
final class TargetDraft implements Comparable<TargetDraft> {
  private static final Comparator<Change> BY_RECORD =
      Comparator.comparing(change -> change.desired().record());
  private static final Comparator<AssignedIdentity> BY_NAME =
      Comparator.comparing(AssignedIdentity::name);

  final @Nullable ComputeTarget target;

  /** Whether what should be there is to be looked for. */
  private final boolean isChecked;

  /** Records that are as they should be. Their identities are needed there. */
  private final List<AssignedIdentity> right = new ArrayList<>();

  private final List<DesiredAssignment> creates = new ArrayList<>();
  private final List<Change> confirms = new ArrayList<>();
  private final List<Change> updates = new ArrayList<>();
  private final List<Change> checks = new ArrayList<>();

  /** Those of them that may hold more than their own identity. */
  private final List<Change> kept = new ArrayList<>();

  /** Records that nothing desires any more. */
  private final List<AssignedIdentity> leaving = new ArrayList<>();

  /** The same, and they cannot wait. */
  private final List<AssignedIdentity> clearing = new ArrayList<>();

  TargetDraft(@Nullable ComputeTarget target, boolean isChecked) {
    this.target = target;
    this.isChecked = isChecked;
  }

  void create(DesiredAssignment desired) {
    creates.add(desired);
  }

  void confirm(AssignedIdentity record, DesiredAssignment desired) {
    confirms.add(new Change(record, desired));
  }

  void update(AssignedIdentity record, DesiredAssignment desired) {
    updates.add(new Change(record, desired));
  }

  /** It is as it should be. */
  void keep(AssignedIdentity record, DesiredAssignment desired) {
    right.add(record);
    if (isChecked) {
      checks.add(new Change(record, desired));
    }
    if (holdsMore(record)) {
      kept.add(new Change(record, desired));
    }
  }

  /** Nothing is to be done about it. */
  void stay(AssignedIdentity record) {
    right.add(record);
  }

  /** Nothing desires it any more. */
  void leave(AssignedIdentity record) {
    leaving.add(record);
  }

  /** The same, and it has to go at once: its name is needed. */
  void clear(AssignedIdentity record) {
    clearing.add(record);
  }

  /** Whether MIC put something there for it besides its own identity, or was about to. */
  private static boolean holdsMore(AssignedIdentity record) {
    Set<ResourceId> added = record.provenance().addedIds();
    return record.provenance().unneededSince() != null
        || !(added.isEmpty() || TargetPlans.managedIdentity(record.identity()).containsAll(added));
  }

  boolean mayHaveWork() {
    return !(creates.isEmpty()
        && confirms.isEmpty()
        && updates.isEmpty()
        && checks.isEmpty()
        && kept.isEmpty()
        && leaving.isEmpty()
        && clearing.isEmpty());
  }

  /** By the target's ID, in lower case, as it is compared. */
  @Override
  public int compareTo(TargetDraft other) {
    return order().compareTo(other.order());
  }

  private String order() {
    return target == null ? "" : target.id().lowerCase();
  }

  /**
   * The plan.
   *
   * @param waits told when something that waits is due
   */
  TargetPlan build(PlannerOptions options, Instant now, Consumer<Instant> waits) {
    if (options.keepsAll()) {
      // They may say what was true before what the records say.
      updates.clear();
    }
    creates.sort(Comparator.comparing(DesiredAssignment::record));
    Stream.of(confirms, updates, checks, kept).forEach(list -> list.sort(BY_RECORD));
    Stream.of(leaving, clearing).forEach(list -> list.sort(BY_NAME));
    Set<ResourceId> attach = new LinkedHashSet<>();
    creates.forEach(desired -> attach.addAll(TargetPlans.managedIdentity(desired.identity())));
    changes().forEach(c -> attach.addAll(TargetPlans.managedIdentity(c.desired().identity())));

    Departures departures = new Departures(options, now, waits);
    departures.decide(attach);
    Map<ResourceId, Boolean> origins = attach.isEmpty() ? Map.of() : origins(attach);
    return new TargetPlan(
        target,
        creates,
        confirms,
        updates,
        departures.releases,
        departures.removals,
        departures.leftovers,
        checks,
        attach,
        doubted(origins),
        departures.detach,
        departures.detach.isEmpty() ? Set.of() : options.immutableClientIds(),
        origins);
  }

  private Stream<Change> changes() {
    return Stream.concat(confirms.stream(), updates.stream());
  }

  /** All records about pods on it. */
  private Stream<AssignedIdentity> known() {
    return Stream.of(
            changes().map(Change::record), right.stream(), leaving.stream(), clearing.stream())
        .flatMap(records -> records);
  }

  /** Whether MIC put these on the target, as far as any record knows. */
  private Map<ResourceId, Boolean> origins(Set<ResourceId> ids) {
    Set<ResourceId> ours = new HashSet<>();
    Set<ResourceId> found = new HashSet<>();
    known()
        .forEach(
            record -> {
              ours.addAll(added(record));
              if (record.provenance().isKnown()) {
                found.addAll(TargetPlans.managedIdentity(record.identity()));
              }
            });
    Map<ResourceId, Boolean> origins = new LinkedHashMap<>();
    for (ResourceId id : ids) {
      if (ours.contains(id) || found.contains(id)) {
        origins.put(id, ours.contains(id));
      }
    }
    return origins;
  }

  /**
   * Which of these MIC may be taking off, if one that died has begun it. What a pod is told to have
   * it is not: a record says {@code Assigned} only before that begins and after it has ended. What
   * else records say is no sign, since the one that it began with may have gone.
   */
  private Set<ResourceId> doubted(Map<ResourceId, Boolean> origins) {
    Set<ResourceId> doubted = new HashSet<>();
    origins.forEach(
        (id, ours) -> {
          if (ours) {
            doubted.add(id);
          }
        });
    if (!doubted.isEmpty()) {
      known()
          .filter(record -> record.state() == AssignmentState.ASSIGNED && !record.terminating())
          .forEach(record -> doubted.removeAll(TargetPlans.managedIdentity(record.identity())));
    }
    return doubted;
  }

  /**
   * What a record says MIC put there. Of those that do not say, as v1's, it is their identity,
   * unless they are {@code Created}: then v1 may not have come to it.
   */
  static Collection<ResourceId> added(AssignedIdentity record) {
    Provenance provenance = record.provenance();
    if (provenance.isKnown()) {
      return provenance.addedIds();
    }
    return record.state() == AssignmentState.CREATED
        ? Set.of()
        : TargetPlans.managedIdentity(record.identity());
  }

  /** The same in the record's own words: in v1's it goes without saying. */
  static Provenance said(AssignedIdentity record, @Nullable ComputeTarget target) {
    Provenance known = record.provenance();
    Set<ResourceId> added = Set.copyOf(added(record));
    return known.isKnown() || added.isEmpty() ? known : known.adding(target, added);
  }

  /** What goes off the target, now or later. */
  private final class Departures {
    final List<AssignedIdentity> releases = new ArrayList<>();
    final List<AssignedIdentity> removals = new ArrayList<>();
    final List<Change> leftovers = new ArrayList<>();
    final Set<ResourceId> detach = new LinkedHashSet<>();

    private final PlannerOptions options;
    private final Instant now;
    private final Consumer<Instant> waits;
    private final Set<ResourceId> stays = new HashSet<>();

    Departures(PlannerOptions options, Instant now, Consumer<Instant> waits) {
      this.options = options;
      this.now = now;
      this.waits = waits;
    }

    void decide(Set<ResourceId> attach) {
      if (options.keepsAll() || (leaving.isEmpty() && clearing.isEmpty() && kept.isEmpty())) {
        return;
      }
      stays.addAll(attach);
      right.forEach(record -> stays.addAll(TargetPlans.managedIdentity(record.identity())));
      clearing.forEach(record -> depart(record, true));
      leaving.forEach(record -> depart(record, record.terminating()));
      kept.forEach(this::shed);
      // What another still waits with is its to take off.
      detach.removeAll(stays);
      leftovers.removeIf(
          change -> change.record().provenance().addedIds().stream().noneMatch(detach::contains));
    }

    private void depart(AssignedIdentity record, boolean atOnce) {
      Set<ResourceId> ids = departing(record, added(record));
      if (target == null || ids.isEmpty() || atOnce || options.detachDelay().isZero()) {
        remove(record, ids);
        return;
      }
      Instant since = record.provenance().unneededSince();
      if (record.state() == AssignmentState.UNASSIGNED) {
        // Without a time it is v1's, which was about to take it off.
        if (since == null || isDue(since)) {
          remove(record, ids);
          return;
        }
      } else {
        since = now;
        releases.add(record);
      }
      stays.addAll(ids);
      waits.accept(since.plus(options.detachDelay()));
    }

    private void remove(AssignedIdentity record, Set<ResourceId> ids) {
      removals.add(record);
      if (target != null) {
        detach.addAll(ids);
      }
    }

    /** What the record had before its identity was changed. */
    private void shed(Change change) {
      AssignedIdentity record = change.record();
      Set<ResourceId> ids = departing(record, record.provenance().addedIds());
      if (ids.isEmpty()) {
        return;
      }
      Instant since = record.provenance().unneededSince();
      if (since == null || options.detachDelay().isZero() || isDue(since)) {
        leftovers.add(change);
        detach.addAll(ids);
      } else {
        stays.addAll(ids);
        waits.accept(since.plus(options.detachDelay()));
      }
    }

    /**
     * Clocks differ a little. A time that is further ahead than the delay was written by one that
     * is wrong, and could keep it waiting for years.
     */
    private boolean isDue(Instant since) {
      return since.isAfter(now.plus(options.detachDelay()))
          || !now.isBefore(since.plus(options.detachDelay()));
    }

    private Set<ResourceId> departing(AssignedIdentity record, Collection<ResourceId> ids) {
      boolean ownStays = options.isImmutable(record.identity());
      Set<ResourceId> own = TargetPlans.managedIdentity(record.identity());
      Set<ResourceId> departing = new LinkedHashSet<>();
      ids.stream()
          .filter(id -> !stays.contains(id) && !options.isImmutable(id.value()))
          .filter(id -> !(ownStays && own.contains(id)))
          .sorted(Comparator.comparing(ResourceId::lowerCase))
          .forEach(departing::add);
      return departing.isEmpty() ? Collections.emptySet() : departing;
    }
  }
}
