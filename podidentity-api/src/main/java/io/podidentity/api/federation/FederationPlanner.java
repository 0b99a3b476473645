package io.podidentity.api.federation;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import io.podidentity.api.federation.FederationReport.PodUse;
import io.podidentity.api.federation.FederationReport.Use;
import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.matching.Matches;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says what a move to workload identity federation needs. A pod has what its bindings give it, as
 * {@link BindingMatcher} has it; pods that have ended count for nothing. Pure.
 */
public final class FederationPlanner {
  private static final String SOME_NODE = "some-node";

  private final boolean forceNamespaced;

  /**
   * A planner for a cluster.
   *
   * @param forceNamespaced as in {@link BindingMatcher}; managed mode is that, too
   */
  public FederationPlanner(boolean forceNamespaced) {
    this.forceNamespaced = forceNamespaced;
  }

  /** What it needs. */
  public FederationReport report(FederationInput input) {
    List<Pod> live =
        input.pods().stream()
            .filter(pod -> !pod.phase().isTerminal())
            .map(FederationPlanner::onSomeNode)
            .sorted(Comparator.comparing(Pod::name))
            .toList();
    Matches matches =
        new BindingMatcher(forceNamespaced)
            .match(
                new ClusterSnapshot(
                    live,
                    input.identities(),
                    input.bindings(),
                    List.of(),
                    List.of(),
                    Instant.EPOCH));
    Map<NamespacedName, List<PodUse>> uses = usesByAccount(matches.desired());
    Map<NamespacedName, ServiceAccount> accounts =
        input.serviceAccounts().stream().collect(toMap(ServiceAccount::name, it -> it));
    return new FederationReport(
        input.issuer(),
        uses.entrySet().stream()
            .map(
                entry ->
                    AccountNeeds.of(
                        entry.getKey(), accounts.get(entry.getKey()), entry.getValue(), live))
            .toList(),
        IdentityNeeds.of(uses),
        unused(input.bindings(), matches.desired()),
        matches.problems());
  }

  /** The service account that a pod runs under. */
  static NamespacedName accountOf(Pod pod) {
    String name =
        pod.serviceAccount().isEmpty() ? ServiceAccount.DEFAULT_NAME : pod.serviceAccount();
    return new NamespacedName(pod.name().namespace(), name);
  }

  private static Map<NamespacedName, List<PodUse>> usesByAccount(List<DesiredAssignment> desired) {
    Map<Pod, List<Use>> byPod =
        desired.stream()
            .collect(
                groupingBy(
                    DesiredAssignment::pod,
                    () -> new TreeMap<>(Comparator.comparing(Pod::name)),
                    mapping(it -> new Use(it.binding().name(), it.identity()), toList())));
    return byPod.entrySet().stream()
        .map(entry -> new PodUse(entry.getKey(), entry.getValue()))
        .collect(groupingBy(use -> accountOf(use.pod()), TreeMap::new, toList()));
  }

  private static List<NamespacedName> unused(
      List<IdentityBinding> bindings, List<DesiredAssignment> desired) {
    Set<NamespacedName> used =
        desired.stream().map(it -> it.binding().name()).collect(Collectors.toSet());
    return bindings.stream()
        .map(IdentityBinding::name)
        .filter(name -> !used.contains(name))
        .sorted()
        .toList();
  }

  /** A pod that has no node yet needs its service account all the same. */
  private static Pod onSomeNode(Pod pod) {
    return pod.nodeName() != null
        ? pod
        : new Pod(
            pod.name(),
            pod.uid(),
            SOME_NODE,
            pod.labels(),
            pod.addresses(),
            pod.phase(),
            pod.hostNetwork(),
            pod.terminating(),
            pod.serviceAccount(),
            pod.controller());
  }
}
