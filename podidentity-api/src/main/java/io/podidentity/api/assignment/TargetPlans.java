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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sorts the work by target, and finds out which identities go on and off each. */
final class TargetPlans {
  private final PlannerOptions options;
  private final Map<String, Node> nodes;
  private final Map<@Nullable ComputeTarget, Draft> drafts = new LinkedHashMap<>();
  private final Map<@Nullable ComputeTarget, Set<ResourceId>> needed = new HashMap<>();

  TargetPlans(PlannerOptions options, Map<String, Node> nodes) {
    this.options = options;
    this.nodes = nodes;
  }

  /** Its identity has to be on the target, whether or not there is anything to do for it. */
  void need(DesiredAssignment desired) {
    managedIdentity(desired.identity())
        .forEach(
            id ->
                needed
                    .computeIfAbsent(targetOf(desired.nodeName()), target -> new HashSet<>())
                    .add(id));
  }

  void create(DesiredAssignment desired) {
    Draft draft = draft(desired.nodeName());
    draft.creates.add(desired);
    draft.attach.addAll(managedIdentity(desired.identity()));
  }

  void confirm(AssignedIdentity record, DesiredAssignment desired) {
    Draft draft = draft(desired.nodeName());
    draft.confirms.add(new Change(record, desired));
    draft.attach.addAll(managedIdentity(desired.identity()));
  }

  void update(AssignedIdentity record, DesiredAssignment desired) {
    Draft draft = draft(desired.nodeName());
    draft.updates.add(new Change(record, desired));
    draft.attach.addAll(managedIdentity(desired.identity()));
    draft.replaced.addAll(detachable(record));
  }

  void remove(AssignedIdentity record) {
    Draft draft = draft(record.nodeName());
    draft.removals.add(record);
    draft.removed.addAll(detachable(record));
  }

  List<TargetPlan> build() {
    List<TargetPlan> plans = new ArrayList<>(drafts.size());
    drafts.forEach(
        (target, draft) -> plans.add(draft.build(target, needed.getOrDefault(target, Set.of()))));
    return plans;
  }

  private Draft draft(String nodeName) {
    return drafts.computeIfAbsent(targetOf(nodeName), target -> new Draft());
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

  private static Set<ResourceId> managedIdentity(AzureIdentity identity) {
    return identity.credential() instanceof Credential.ManagedIdentity managed
        ? Set.of(managed.resourceId())
        : Set.of();
  }

  private static final class Draft {
    private final List<DesiredAssignment> creates = new ArrayList<>();
    private final List<Change> confirms = new ArrayList<>();
    private final List<Change> updates = new ArrayList<>();
    private final List<AssignedIdentity> removals = new ArrayList<>();
    private final Set<ResourceId> attach = new HashSet<>();
    private final Set<ResourceId> replaced = new HashSet<>();
    private final Set<ResourceId> removed = new HashSet<>();

    TargetPlan build(@Nullable ComputeTarget target, Set<ResourceId> needed) {
      replaced.removeAll(needed);
      removed.removeAll(needed);
      return new TargetPlan(
          target, creates, confirms, updates, removals, attach, replaced, removed);
    }
  }
}
