package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.spi.IdentityDirectory;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/** The {@code AzureIdentity} objects of all namespaces. */
public final class ClusterIdentities implements IdentityDirectory, ClusterFollower {
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
    mirror = mirror(client);
  }

  static Mirror<AzureIdentityResource, AzureIdentity> mirror(KubernetesClient client) {
    return new Mirror<>(
        KubernetesClusterView.IDENTITIES,
        client.resources(AzureIdentityResource.class).inAnyNamespace(),
        object -> IdentityMapping.identity(object, Metadata.of(object).name()),
        (before, after) -> {});
  }

  @Override
  public Collection<AzureIdentity> identities() {
    if (!hasSynced()) {
      throw ClusterFollower.notYet("identities");
    }
    return mirror.values();
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
