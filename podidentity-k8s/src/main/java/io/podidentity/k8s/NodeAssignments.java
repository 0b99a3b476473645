package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.Subscription;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code AzureAssignedIdentity} records about one node's pods, in all namespaces. Empty until
 * {@link #start()}. Those of other nodes, where the API server is asked for them too, are seen by
 * {@link #recordedIds()} alone.
 */
public final class NodeAssignments extends MirrorBacked implements AssignmentDirectory {
  /** The label that records carry, with the node's name. */
  static final String NODE_LABEL = "nodename";

  private final KeyedIndex<NamespacedName, AssignedIdentity> byPod =
      new KeyedIndex<>(record -> Set.of(record.pod()));
  private final ManagedIds ids = new ManagedIds();
  private final Mirror<AzureAssignedIdentityResource, AssignedIdentity> mirror;
  private final String nodeName;

  /**
   * The records of a node.
   *
   * @param connection may list and watch {@code azureassignedidentities} of all namespaces; it
   *     stays the caller's to close
   * @param byLabel whether the API server is asked only for records labelled with the node's name
   *     ({@code enableScaleFeatures}). Without, it sends those of all nodes, also records without
   *     that label, which very old versions of AAD Pod Identity wrote
   */
  public NodeAssignments(KubernetesConnection connection, String nodeName, boolean byLabel) {
    this(connection.client(), nodeName, byLabel);
  }

  NodeAssignments(KubernetesClient client, String nodeName, boolean byLabel) {
    this.nodeName = nodeName;
    var everywhere = client.resources(AzureAssignedIdentityResource.class).inAnyNamespace();
    Informable<AzureAssignedIdentityResource> objects =
        byLabel ? everywhere.withLabel(NODE_LABEL, nodeName) : everywhere;
    mirror =
        new Mirror<>(
            KubernetesAssignmentStore.KIND,
            objects,
            RecordMapping::record,
            (before, after) -> {
              ids.replace(identityOf(before), identityOf(after));
              byPod.replace(onNode(before), onNode(after));
            });
  }

  @Override
  public List<AssignedIdentity> forPod(NamespacedName pod) {
    return byPod.get(pod);
  }

  @Override
  public Set<String> recordedIds() {
    if (!hasSynced()) {
      throw ClusterFollower.notYet("records");
    }
    return ids.view();
  }

  @Override
  public Subscription onChange(NamespacedName pod, Runnable wake) {
    return byPod.onChange(pod, wake);
  }

  @Override
  ClusterFollower mirrors() {
    return mirror;
  }

  private static @Nullable AzureIdentity identityOf(@Nullable AssignedIdentity record) {
    return record == null ? null : record.identity();
  }

  private @Nullable AssignedIdentity onNode(@Nullable AssignedIdentity record) {
    return record == null || record.nodeName().isEmpty() || record.nodeName().equals(nodeName)
        ? record
        : null;
  }
}
