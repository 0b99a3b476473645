package io.podidentity.api.assignment;

import io.podidentity.api.assignment.PlannedStep.Action;
import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Says why a plan does what it does. For people who ask: a running MIC does not need it. Pure;
 * linear in the size of the snapshot.
 */
public final class PlanReasons {
  private final boolean forceNamespaced;
  private final Map<NamespacedName, Pod> pods;
  private final Map<NamespacedName, AzureIdentity> identities;
  private final Map<NamespacedName, IdentityBinding> bindings;
  private final Set<String> nodes;

  /**
   * Reasons in a cluster.
   *
   * @param snapshot what the plan was made from
   * @param forceNamespaced as in {@link BindingMatcher}
   */
  public PlanReasons(ClusterSnapshot snapshot, boolean forceNamespaced) {
    this.forceNamespaced = forceNamespaced;
    pods = byName(snapshot.pods(), Pod::name);
    identities = byName(snapshot.identities(), AzureIdentity::name);
    bindings = byName(snapshot.bindings(), IdentityBinding::name);
    nodes = new HashSet<>();
    snapshot.nodes().forEach(node -> nodes.add(node.name()));
  }

  /**
   * All steps of a plan, in its order. Checks are none: they look, and do nothing as a rule.
   *
   * @param plan made from the same snapshot
   */
  public List<PlannedStep> of(AssignmentPlan plan) {
    List<PlannedStep> steps = new ArrayList<>();
    plan.targets().forEach(target -> add(target, steps));
    return steps;
  }

  private void add(TargetPlan plan, List<PlannedStep> steps) {
    plan.creates().forEach(it -> steps.add(step(plan, Action.CREATE, it, matchOf(it.binding()))));
    plan.confirms()
        .forEach(
            it ->
                steps.add(
                    step(
                        plan,
                        Action.CONFIRM,
                        it.desired(),
                        "its record says " + it.record().state().text() + ", not Assigned")));
    plan.updates().forEach(it -> steps.add(step(plan, Action.UPDATE, it.desired(), changeOf(it))));
    plan.leftovers()
        .forEach(
            it ->
                steps.add(
                    step(
                        plan,
                        Action.SHED,
                        it.desired(),
                        "it was put there for what AzureIdentity %s said before"
                            .formatted(it.record().identity().name()))));
    plan.releases().forEach(it -> steps.add(step(plan, Action.RELEASE, it)));
    plan.removals().forEach(it -> steps.add(step(plan, Action.REMOVE, it)));
  }

  private PlannedStep step(TargetPlan plan, Action action, AssignedIdentity record) {
    return new PlannedStep(
        plan.target(),
        action,
        record.name(),
        record.pod(),
        record.binding().name(),
        record.identity().name(),
        departureOf(record));
  }

  private static PlannedStep step(
      TargetPlan plan, Action action, DesiredAssignment desired, String why) {
    return new PlannedStep(
        plan.target(),
        action,
        desired.record(),
        desired.pod().name(),
        desired.binding().name(),
        desired.identity().name(),
        why);
  }

  private static String matchOf(IdentityBinding binding) {
    return "AzureIdentityBinding %s selects its label %s"
        .formatted(binding.name(), binding.selector());
  }

  private static String changeOf(TargetPlan.Change change) {
    AssignedIdentity record = change.record();
    DesiredAssignment desired = change.desired();
    List<String> changed = new ArrayList<>();
    if (!record.isOf(desired.pod())) {
      changed.add("the pod was replaced by another of its name");
    }
    if (!record.nodeName().equals(desired.nodeName())) {
      changed.add("the pod is on node " + desired.nodeName() + " now");
    }
    if (!record.binding().equals(desired.binding())) {
      changed.add("AzureIdentityBinding %s has changed".formatted(desired.binding().name()));
    }
    if (!record.identity().sameMeaningAs(desired.identity())) {
      changed.add("AzureIdentity %s has changed".formatted(desired.identity().name()));
    }
    return String.join(", ", changed);
  }

  /** Why nothing desires a record; the first of the reasons that holds. */
  private String departureOf(AssignedIdentity record) {
    if (record.terminating()) {
      return "it is being deleted";
    }
    Pod pod = pods.get(record.pod());
    if (pod == null) {
      return "pod %s is gone, or has lost its label %s"
          .formatted(record.pod(), IdentityBinding.POD_LABEL);
    }
    if (!record.isOf(pod)) {
      return "pod %s was replaced by another of its name".formatted(record.pod());
    }
    if (pod.phase().isTerminal()) {
      return "pod %s has ended: %s"
          .formatted(record.pod(), pod.phase().name().toLowerCase(Locale.ROOT));
    }
    String nodeName = pod.nodeName();
    if (nodeName == null || !nodes.contains(nodeName)) {
      return "the node of pod %s is gone".formatted(record.pod());
    }
    if (!nodeName.equals(record.nodeName())) {
      return "pod %s is on node %s, and not on %s"
          .formatted(record.pod(), nodeName, record.nodeName());
    }
    AzureIdentity identity = identities.get(record.identity().name());
    if (identity == null) {
      return "AzureIdentity %s is gone".formatted(record.identity().name());
    }
    if (identity.credential() instanceof Credential.Unusable unusable) {
      return "AzureIdentity %s cannot be used: %s".formatted(identity.name(), unusable.problem());
    }
    if (!identity.isOpenTo(pod.name().namespace(), forceNamespaced)) {
      return "AzureIdentity %s is for pods of its own namespace".formatted(identity.name());
    }
    return unmatched(record, pod, identity);
  }

  private String unmatched(AssignedIdentity record, Pod pod, AzureIdentity identity) {
    IdentityBinding binding = bindings.get(record.binding().name());
    if (binding == null) {
      return "AzureIdentityBinding %s is gone".formatted(record.binding().name());
    }
    if (!binding.selector().equals(pod.bindingLabel())) {
      return "AzureIdentityBinding %s selects %s, and the pod's label is %s"
          .formatted(binding.name(), binding.selector(), pod.bindingLabel());
    }
    if (!binding.azureIdentity().equals(identity.name().name())) {
      return "AzureIdentityBinding %s names AzureIdentity %s now"
          .formatted(binding.name(), binding.azureIdentity());
    }
    NamespacedName name = DesiredAssignment.recordName(pod.name(), identity, forceNamespaced);
    return name.equals(record.name())
        ? "node %s is another machine now".formatted(record.nodeName())
        : "the record for this is %s".formatted(name);
  }

  private static <T> Map<NamespacedName, T> byName(
      Collection<T> objects, Function<T, NamespacedName> name) {
    Map<NamespacedName, T> byName = new HashMap<>();
    objects.forEach(object -> byName.put(name.apply(object), object));
    return byName;
  }
}
