package io.podidentity.api.assignment;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.ResourceId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Sorts the work by target. */
final class TargetPlans {
  private final PlannerOptions options;
  private final Map<String, Node> nodes;
  private final Instant now;
  private final Predicate<ComputeTarget> checked;
  private final Map<@Nullable ComputeTarget, TargetDraft> drafts = new HashMap<>();
  // The same drafts: hashing a target's long ID once per node is enough.
  private final Map<String, TargetDraft> draftsByNode = new HashMap<>();
  private @Nullable Instant next;

  TargetPlans(
      PlannerOptions options,
      Map<String, Node> nodes,
      Instant now,
      Predicate<ComputeTarget> checked) {
    this.options = options;
    this.nodes = nodes;
    this.now = now;
    this.checked = checked;
  }

  /** The draft of what is under a node; null if there is no such node, or it has yet to say. */
  @Nullable TargetDraft ofNode(String nodeName) {
    TargetDraft known = draftsByNode.get(nodeName);
    Node node = known == null ? nodes.get(nodeName) : null;
    if (node != null && node.initialized()) {
      known = draft(node.target());
      draftsByNode.put(nodeName, known);
    }
    return known;
  }

  /** Whether there is such a node, and it has yet to say what is under it. */
  boolean isAwaited(String nodeName) {
    Node node = nodes.get(nodeName);
    return node != null && !node.initialized();
  }

  /** Nothing is done about it, and it needs what it has. */
  void stay(AssignedIdentity record) {
    TargetDraft draft = draftOf(record);
    if (draft != null) {
      draft.stay(record);
    }
  }

  /** Nothing desires it any more. */
  void leave(AssignedIdentity record) {
    TargetDraft draft = draftOf(record);
    if (draft != null) {
      draft.leave(record);
    }
  }

  /** It has to go at once: its name is needed. */
  void clear(AssignedIdentity record) {
    TargetDraft draft = draftOf(record);
    if (draft != null) {
      draft.clear(record);
    }
  }

  /** One for each target with anything to do, in a stable order, and each in a stable order. */
  List<TargetPlan> build() {
    return drafts.values().stream()
        .filter(TargetDraft::mayHaveWork)
        .sorted()
        .map(draft -> draft.build(options, now, this::look))
        .filter(TargetPlans::hasWork)
        .toList();
  }

  /** When the earliest of what waits is due; null if nothing waits. To be asked after the build. */
  @Nullable Instant next() {
    return next;
  }

  private void look(Instant due) {
    if (next == null || due.isBefore(next)) {
      next = due;
    }
  }

  /** Null if that has yet to be said. */
  private @Nullable TargetDraft draftOf(AssignedIdentity record) {
    // What was written before the node was forgotten, or has come back as another machine's.
    ComputeTarget written = record.provenance().target();
    if (written != null) {
      return draft(written);
    }
    return isAwaited(record.nodeName()) ? null : draft(record.nodeName());
  }

  private TargetDraft draft(String nodeName) {
    TargetDraft known = ofNode(nodeName);
    return known == null ? draft((ComputeTarget) null) : known;
  }

  private TargetDraft draft(@Nullable ComputeTarget target) {
    return drafts.computeIfAbsent(
        target, key -> new TargetDraft(key, key != null && checked.test(key)));
  }

  private static boolean hasWork(TargetPlan plan) {
    return !(plan.creates().isEmpty()
        && plan.confirms().isEmpty()
        && plan.updates().isEmpty()
        && plan.releases().isEmpty()
        && plan.removals().isEmpty()
        && plan.leftovers().isEmpty()
        && plan.checks().isEmpty());
  }

  /** What has to be on a machine for the identity to work there: itself, or nothing. */
  static Set<ResourceId> managedIdentity(AzureIdentity identity) {
    return identity.credential() instanceof Credential.ManagedIdentity managed
        ? Set.of(managed.resourceId())
        : Set.of();
  }
}
