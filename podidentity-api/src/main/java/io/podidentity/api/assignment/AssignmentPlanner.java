package io.podidentity.api.assignment;

import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.matching.BindingMatcher.Compared;
import io.podidentity.api.matching.RecordComparison;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Notice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what has to be done: a snapshot in, a plan out. Pure; the order of the snapshot's lists
 * makes no difference, and the plan of a cluster in which a plan has been carried out is empty.
 * Linear in the size of the snapshot.
 */
public final class AssignmentPlanner {
  private final Supplier<PlannerOptions> current;

  /** A planner with these options. */
  public AssignmentPlanner(PlannerOptions options) {
    this(() -> options);
  }

  /**
   * A planner whose options may change from one plan to the next.
   *
   * @param options asked once for each plan
   */
  public AssignmentPlanner(Supplier<PlannerOptions> options) {
    this.current = options;
  }

  /** Plans. */
  public AssignmentPlan plan(ClusterSnapshot snapshot) {
    return plan(snapshot, target -> false);
  }

  /**
   * Plans, and has some targets looked at besides.
   *
   * @param checked of which targets the plan is to say what should be there, so that what vanished
   *     is put back
   */
  AssignmentPlan plan(ClusterSnapshot snapshot, Predicate<ComputeTarget> checked) {
    PlannerOptions options = current.get();
    List<Notice> notices = new ArrayList<>();
    ClusterSnapshot usable = withoutRefused(snapshot, options, notices);
    Map<String, Node> nodes = new HashMap<>();
    snapshot.nodes().forEach(node -> nodes.put(node.name(), node));
    Compared<Sorter> compared =
        new BindingMatcher(options.forceNamespaced())
            .compare(
                usable,
                () -> new Sorter(nodes, new TargetPlans(options, nodes, snapshot.now(), checked)));
    notices.addAll(compared.told().notices);
    TargetPlans plans = compared.told().plans;
    List<TargetPlan> targets = plans.build();
    return new AssignmentPlan(
        targets,
        compared.problems(),
        notices.stream().distinct().sorted(Notice.ORDER).toList(),
        plans.next());
  }

  /** Gives each record and each assignment to the target that it is about. */
  private static final class Sorter implements RecordComparison {
    final TargetPlans plans;
    final List<Notice> notices = new ArrayList<>();
    private final Map<String, Node> nodes;

    Sorter(Map<String, Node> nodes, TargetPlans plans) {
      this.nodes = nodes;
      this.plans = plans;
    }

    @Override
    public void leftOver(AssignedIdentity record) {
      plans.leave(record);
    }

    @Override
    public void desired(DesiredAssignment desired, @Nullable AssignedIdentity record) {
      TargetDraft draft = plans.ofNode(desired.nodeName());
      if (draft == null) {
        // Not seen yet, or gone already. A record of the pod is removed; the pod follows.
        if (record != null && plans.isAwaited(desired.nodeName())) {
          // It may well be the machine that it was: what it runs keeps what it has.
          plans.stay(record);
        } else if (record != null) {
          plans.leave(record);
        }
        return;
      }
      if (desired.pod().hostNetwork()) {
        notices.add(ofHostNetwork(desired));
      }
      if (record != null && isInTheWay(record, desired, draft.target, nodes)) {
        // The name must be free first. Its removal changes the cluster, and so brings the next
        // plan. Until then nobody would know whose the identity is, so it does not count as needed.
        plans.clear(record);
      } else if (record == null) {
        draft.create(desired);
      } else if (!record.describes(desired)) {
        draft.update(record, desired);
      } else if (record.state() != AssignmentState.ASSIGNED) {
        draft.confirm(record, desired);
      } else {
        draft.keep(record, desired);
      }
    }
  }

  /**
   * A record that is being deleted, or is about a pod on another machine, cannot be written over:
   * what it put there has to be taken off.
   */
  private static boolean isInTheWay(
      AssignedIdentity record,
      DesiredAssignment desired,
      @Nullable ComputeTarget target,
      Map<String, Node> nodes) {
    if (record.terminating()) {
      return true;
    }
    ComputeTarget known = record.provenance().target();
    if (record.nodeName().equals(desired.nodeName())) {
      return known != null && !known.equals(target);
    }
    if (known == null) {
      Node node = nodes.get(record.nodeName());
      known = node == null ? null : node.target();
    }
    return known == null || !known.equals(target);
  }

  private static ClusterSnapshot withoutRefused(
      ClusterSnapshot snapshot, PlannerOptions options, List<Notice> notices) {
    List<AzureIdentity> clusters =
        snapshot.identities().stream().filter(options::isClusterIdentity).toList();
    if (clusters.isEmpty()) {
      return snapshot;
    }
    clusters.forEach(identity -> notices.add(ofClusterIdentity(identity, options)));
    return options.refuseClusterIdentity()
        ? new ClusterSnapshot(
            snapshot.pods(),
            snapshot.identities().stream().map(identity -> refused(identity, options)).toList(),
            snapshot.bindings(),
            snapshot.records(),
            snapshot.nodes(),
            snapshot.now())
        : snapshot;
  }

  private static AzureIdentity refused(AzureIdentity identity, PlannerOptions options) {
    return options.isClusterIdentity(identity)
        ? new AzureIdentity(
            identity.name(),
            identity.uid(),
            identity.generation(),
            identity.namespacedOnly(),
            new Credential.Unusable("it is the cluster's own identity, which is refused to pods"))
        : identity;
  }

  private static Notice ofClusterIdentity(AzureIdentity identity, PlannerOptions options) {
    return new Notice(
        Notice.Kind.AZURE_IDENTITY,
        identity.name(),
        identity.uid(),
        options.refuseClusterIdentity()
            ? "it is the cluster's own identity, and no pod gets it: --refuse-cluster-identity is"
                + " set"
            : "it is the cluster's own identity: pods that are bound to it may do what the cluster"
                + " may; give them one of their own");
  }

  private static Notice ofHostNetwork(DesiredAssignment desired) {
    return new Notice(
        Notice.Kind.POD,
        desired.pod().name(),
        desired.pod().uid(),
        "it is on the host's network, where NMI does not see it: it asks the metadata service"
            + " itself, for any identity of its node");
  }
}
