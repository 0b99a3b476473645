package io.podidentity.k8s;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.TargetPlan;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plan in the form of {@code out-plan.yaml}; what is empty is left out. */
final class PlanYaml {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private PlanYaml() {}

  static Object of(AssignmentPlan plan) {
    Map<String, Object> members = new LinkedHashMap<>();
    put(members, "targets", plan.targets().stream().map(PlanYaml::target).toList());
    Map<String, String> notices = new LinkedHashMap<>();
    plan.notices().forEach(it -> notices.put(it.kind().kindName() + " " + it.object(), it.text()));
    if (!notices.isEmpty()) {
      members.put("notices", notices);
    }
    if (plan.next() != null) {
      members.put("next", plan.next().toString());
    }
    Map<String, String> problems = new LinkedHashMap<>();
    plan.problems().forEach((object, problem) -> problems.put(object.toString(), problem));
    if (!problems.isEmpty()) {
      members.put("problems", problems);
    }
    return members;
  }

  static Object read(Path file) throws IOException {
    return YAML.unmarshal(Files.readString(file), Map.class);
  }

  static String text(Object plan) {
    return YAML.asYaml(plan);
  }

  private static Object target(TargetPlan plan) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("target", name(plan.target()));
    put(members, "create", plan.creates().stream().map(PlanYaml::whole).toList());
    put(members, "confirm", changes(plan.confirms()));
    put(members, "update", changes(plan.updates()));
    put(
        members,
        "release",
        plan.releases().stream().<Object>map(it -> it.name().toString()).toList());
    put(
        members,
        "remove",
        plan.removals().stream().<Object>map(it -> it.name().toString()).toList());
    put(members, "attach", names(plan.attach()));
    put(members, "detach", names(plan.detach()));
    put(members, "shed", changes(plan.leftovers()));
    return members;
  }

  private static List<Object> changes(List<TargetPlan.Change> changes) {
    return changes.stream().map(change -> whole(change.desired())).toList();
  }

  /** All that a record says. */
  private static Object whole(DesiredAssignment desired) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("record", desired.record().toString());
    members.put("pod", desired.pod().name().toString());
    members.put("uid", desired.pod().uid());
    members.put("node", desired.nodeName());
    members.put("binding", desired.binding().name().toString());
    members.put("identity", desired.identity().name().toString());
    return members;
  }

  private static List<Object> names(Collection<ResourceId> ids) {
    return ids.stream().<Object>map(ResourceId::name).toList();
  }

  private static String name(@Nullable ComputeTarget target) {
    if (target == null) {
      return "none";
    }
    String kind = target instanceof ComputeTarget.ScaleSet ? "scale set " : "virtual machine ";
    return kind + target.id().resourceGroup() + "/" + target.id().name();
  }

  private static void put(Map<String, Object> members, String name, List<Object> values) {
    if (!values.isEmpty()) {
      members.put(name, values);
    }
  }
}
