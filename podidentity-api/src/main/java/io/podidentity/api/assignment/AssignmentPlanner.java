package io.podidentity.api.assignment;

import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.matching.Matches;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides what has to be done: a snapshot in, a plan out. Pure; the order of the snapshot's lists
 * makes no difference, and the plan of a cluster in which a plan has been carried out is empty.
 * Linear in the size of the snapshot.
 */
public final class AssignmentPlanner {
  private final PlannerOptions options;
  private final BindingMatcher matcher;

  /** A planner with these options. */
  public AssignmentPlanner(PlannerOptions options) {
    this.options = options;
    this.matcher = new BindingMatcher(options.forceNamespaced());
  }

  /** Plans. */
  public AssignmentPlan plan(ClusterSnapshot snapshot) {
    Matches matches = matcher.match(snapshot);
    Map<String, Node> nodes = new HashMap<>();
    snapshot.nodes().forEach(node -> nodes.put(node.name(), node));
    Map<NamespacedName, AssignedIdentity> records =
        new HashMap<>(snapshot.records().size() * 4 / 3);
    snapshot.records().forEach(record -> records.put(record.name(), record));

    TargetPlans plans = new TargetPlans(options, nodes);
    for (DesiredAssignment desired : matches.byRecord().values()) {
      AssignedIdentity record = records.get(desired.record());
      if (!nodes.containsKey(desired.nodeName())) {
        // Not seen yet, or gone already. A record of the pod is removed below; the pod follows.
        continue;
      }
      plans.need(desired);
      if (record == null) {
        plans.create(desired);
      } else if (isInTheWay(record, desired)) {
        // The name must be free first. Its removal changes the cluster, and so brings the next
        // plan.
        continue;
      } else if (!record.describes(desired)) {
        plans.update(record, desired);
      } else if (record.state() != AssignmentState.ASSIGNED) {
        plans.confirm(record, desired);
      }
      records.remove(desired.record());
    }
    records.values().forEach(plans::remove);
    return new AssignmentPlan(plans.build(), matches.problems());
  }

  /** A record that is being deleted, or is about a pod on another node, cannot be written over. */
  private static boolean isInTheWay(AssignedIdentity record, DesiredAssignment desired) {
    return record.terminating() || !record.nodeName().equals(desired.nodeName());
  }
}
