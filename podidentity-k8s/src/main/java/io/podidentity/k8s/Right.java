package io.podidentity.k8s;

import io.podidentity.api.matching.MicPods;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A right at the API server, as RBAC names it.
 *
 * @param verb such as {@code list}
 * @param group the API group; empty for the core one
 * @param resource in the plural
 * @param namespace empty for all
 * @param name of the one object; empty for all
 */
public record Right(String verb, String group, String resource, String namespace, String name) {
  private static final String OURS = "aadpodidentity.k8s.io";
  private static final List<String> FOLLOW = List.of("list", "watch");

  /**
   * What NMI needs, but for what it can do without: to read Secrets of service principals, and its
   * DaemonSet.
   *
   * @param managed whether it goes by bindings
   * @param mic by what it knows MIC's pods; it asks for their ReplicaSets only where there is a MIC
   *     that has an account of its own
   */
  public static List<Right> ofNmi(boolean managed, MicPods mic) {
    List<Right> rights = new ArrayList<>(everywhere(FOLLOW, "", "pods"));
    Stream<String> resources =
        managed
            ? Stream.of("azureidentities", "azureidentitybindings", "azurepodidentityexceptions")
            : Stream.of("azureassignedidentities", "azureidentities", "azurepodidentityexceptions");
    resources.forEach(resource -> rights.addAll(everywhere(FOLLOW, OURS, resource)));
    rights.addAll(everywhere(List.of("create"), "", "events"));
    if (!managed && !mic.serviceAccount().isEmpty()) {
      rights.add(new Right("get", "apps", "replicasets", mic.namespace(), ""));
    }
    return rights;
  }

  /**
   * What MIC needs.
   *
   * @param lease where it holds its locks
   * @param upgrade where it marks that nothing is to be upgraded
   * @param taints whether it takes a taint off nodes
   */
  public static List<Right> ofMic(
      LeaderElection.Settings lease, TypeUpgradeMarker.Settings upgrade, boolean taints) {
    List<Right> rights = new ArrayList<>();
    rights.addAll(everywhere(FOLLOW, "", "pods"));
    rights.addAll(everywhere(FOLLOW, "", "nodes"));
    if (taints) {
      rights.addAll(everywhere(List.of("patch"), "", "nodes"));
    }
    rights.addAll(everywhere(FOLLOW, OURS, "azureidentities"));
    rights.addAll(everywhere(FOLLOW, OURS, "azureidentitybindings"));
    rights.addAll(
        everywhere(
            List.of("get", "list", "watch", "create", "update", "patch", "delete"),
            OURS,
            "azureassignedidentities"));
    rights.addAll(everywhere(List.of("create", "patch"), "", "events"));
    rights.addAll(kept("coordination.k8s.io", "leases", lease.namespace(), lease.name()));
    if (lease.endpoints()) {
      rights.addAll(kept("", "endpoints", lease.namespace(), lease.name()));
    }
    if (upgrade.enabled()) {
      rights.addAll(kept("", "configmaps", upgrade.namespace(), upgrade.name()));
    }
    return rights;
  }

  private static List<Right> everywhere(List<String> verbs, String group, String resource) {
    return verbs.stream().map(verb -> new Right(verb, group, resource, "", "")).toList();
  }

  /** An object that is created once and then written. */
  private static List<Right> kept(String group, String resource, String namespace, String name) {
    return List.of(
        new Right("get", group, resource, namespace, name),
        new Right("update", group, resource, namespace, name),
        new Right("create", group, resource, namespace, ""));
  }

  /** For example {@code update leases.coordination.k8s.io default/mic}. */
  @Override
  public String toString() {
    String text = verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    return namespace.isEmpty()
        ? text
        : text + (name.isEmpty() ? " in " + namespace : " " + namespace + "/" + name);
  }
}
