package io.podidentity.api.model;

import java.util.List;

/**
 * One immutable picture of the cluster, from which a plan is made. The order of the lists carries
 * no meaning.
 *
 * @param pods the pods that carry the label; others may be left out
 * @param identities all identities
 * @param bindings all bindings
 * @param records all assigned identities
 * @param nodes all nodes
 */
public record ClusterSnapshot(
    List<Pod> pods,
    List<AzureIdentity> identities,
    List<IdentityBinding> bindings,
    List<AssignedIdentity> records,
    List<Node> nodes) {
  public ClusterSnapshot {
    pods = List.copyOf(pods);
    identities = List.copyOf(identities);
    bindings = List.copyOf(bindings);
    records = List.copyOf(records);
    nodes = List.copyOf(nodes);
  }
}
