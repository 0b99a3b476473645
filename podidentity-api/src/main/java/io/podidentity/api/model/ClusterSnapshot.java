package io.podidentity.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One immutable picture of the cluster, from which a plan is made. The order of the lists carries
 * no meaning.
 *
 * @param pods the pods that carry the label; others may be left out
 * @param identities all identities
 * @param bindings all bindings
 * @param records all assigned identities
 * @param nodes all nodes
 * @param now when the picture was taken; all that depends on time depends on this
 */
public record ClusterSnapshot(
    List<Pod> pods,
    List<AzureIdentity> identities,
    List<IdentityBinding> bindings,
    List<AssignedIdentity> records,
    List<Node> nodes,
    Instant now) {
  /** Copies the lists; refuses null. */
  public ClusterSnapshot {
    pods = List.copyOf(pods);
    identities = List.copyOf(identities);
    bindings = List.copyOf(bindings);
    records = List.copyOf(records);
    nodes = List.copyOf(nodes);
    Objects.requireNonNull(now, "now");
  }
}
