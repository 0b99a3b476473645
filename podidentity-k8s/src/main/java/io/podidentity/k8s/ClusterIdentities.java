package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.spi.IdentityDirectory;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The {@code AzureIdentity} objects of all namespaces. */
public final class ClusterIdentities implements IdentityDirectory, ClusterFollower {
  private final ManagedIds ids = new ManagedIds();
  private final Mirror<AzureIdentityResource, AzureIdentity> mirror;

  /**
   * The identities of a cluster.
   *
   * @param connection may list and watch {@code azureidentities} of all namespaces; it stays the
   *     caller's to close
   */
  public ClusterIdentities(KubernetesConnection connection) {
    this(connection.client());
  }

  ClusterIdentities(KubernetesClient client) {
    mirror = mirror(client, ids);
  }

  static Mirror<AzureIdentityResource, AzureIdentity> mirror(
      KubernetesClient client, ManagedIds ids) {
    return new Mirror<>(
        ClusterMirrors.IDENTITIES,
        client.resources(AzureIdentityResource.class).inAnyNamespace(),
        object -> IdentityMapping.identity(object, Metadata.of(object).name()),
        ids::replace);
  }

  @Override
  public Set<String> describedIds() {
    if (!hasSynced()) {
      throw ClusterFollower.notYet("identities");
    }
    return ids.view();
  }

  @Override
  public CompletableFuture<Void> start() {
    return mirror.start();
  }

  @Override
  public CompletableFuture<Void> synced() {
    return mirror.synced();
  }

  @Override
  public void close() {
    mirror.close();
  }
}
