package io.podidentity.api.assignment;

import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.ResourceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sorts the work by target, and finds out which identities go on and off each. */
final class TargetPlans {
  private final PlannerOptions options;
  private final Map<String, Node> nodes;
  private final Map<@Nullable ComputeTarget, Draft> drafts = new LinkedHashMap<>();
  // The same drafts: hashing a target's long ID once per node is enough.
  private final Map<String, Draft> draftsByNode = new HashMap<>();

  TargetPlans(PlannerOptions options, Map<String, Node> nodes) {
    this.options = options;
    this.nodes = nodes;
  }

  /** Its identity has to be on the target, whether or not there is anything to do for it. */
  void need(DesiredAssignment desired) {
    draft(desired.nodeName()).needed.addAll(managedIdentity(desired.identity()));
  }

  void create(DesiredAssignment desired) {
    Draft draft = draft(desired.nodeName());
    draft.creates.add(desired);
  }

  void confirm(AssignedIdentity record, DesiredAssignment desired) {
    Draft draft = draft(desired.nodeName());
    draft.confirms.add(new Change(record, desired));
  }

  void update(AssignedIdentity record, DesiredAssignment desired) {
    Draft draft = draft(desired.nodeName());
    draft.updates.add(new Change(record, desired));
    draft.replaced.addAll(detachable(record));
  }

  void remove(AssignedIdentity record) {
    Draft draft = draft(record.nodeName());
    draft.removals.add(record);
    draft.removed.addAll(detachable(record));
  }

  /** One for each target with anything to do, in a stable order, and each in a stable order. */
  List<TargetPlan> build() {
    return drafts.values().stream()
        .filter(Draft::hasWork)
        .sorted(Comparator.comparing(Draft::order))
        .map(Draft::build)
        .toList();
  }

  private Draft draft(String nodeName) {
    return draftsByNode.computeIfAbsent(
        nodeName, name -> drafts.computeIfAbsent(targetOf(name), Draft::new));
  }

  private @Nullable ComputeTarget targetOf(String nodeName) {
    Node node = nodes.get(nodeName);
    return node == null ? null : node.target();
  }

  /**
   * What a record may take off its target: only what the record says was put there. One in state
   * {@code Created} does not say so (as in AAD Pod Identity v1).
   */
  private Set<ResourceId> detachable(AssignedIdentity record) {
    return record.state() == AssignmentState.CREATED || options.isImmutable(record.identity())
        ? Set.of()
        : managedIdentity(record.identity());
  }

  /** What has to be on a machine for the identity to work there: itself, or nothing. */
  static Set<ResourceId> managedIdentity(AzureIdentity identity) {
    return identity.credential() instanceof Credential.ManagedIdentity managed
        ? Set.of(managed.resourceId())
        : Set.of();
  }

  private static final class Draft {
    private final @Nullable ComputeTarget target;
    private final List<ResourceId> needed = new ArrayList<>();
    private final List<DesiredAssignment> creates = new ArrayList<>();
    private final List<Change> confirms = new ArrayList<>();
    private final List<Change> updates = new ArrayList<>();
    private final List<AssignedIdentity> removals = new ArrayList<>();
    private final Set<ResourceId> replaced = new LinkedHashSet<>();
    private final Set<ResourceId> removed = new LinkedHashSet<>();

    Draft(@Nullable ComputeTarget target) {
      this.target = target;
    }

    boolean hasWork() {
      return !(creates.isEmpty() && confirms.isEmpty() && updates.isEmpty() && removals.isEmpty());
    }

    /** Compares as what it names does: ignoring case. */
    String order() {
      return target == null ? "" : target.id().lowerCase();
    }

    TargetPlan build() {
      creates.sort(Comparator.comparing(DesiredAssignment::record));
      confirms.sort(Comparator.comparing(change -> change.desired().record()));
      updates.sort(Comparator.comparing(change -> change.desired().record()));
      removals.sort(Comparator.comparing(AssignedIdentity::name));
      Set<ResourceId> attach = new LinkedHashSet<>();
      creates.forEach(desired -> attach.addAll(managedIdentity(desired.identity())));
      Stream.of(confirms, updates)
          .flatMap(List::stream)
          .forEach(change -> attach.addAll(managedIdentity(change.desired().identity())));
      if (!replaced.isEmpty() || !removed.isEmpty()) {
        needed.forEach(replaced::remove);
        needed.forEach(removed::remove);
      }
      return new TargetPlan(
          target, creates, confirms, updates, removals, attach, replaced, removed);
    }
  }
}
