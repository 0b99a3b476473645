package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code AzureIdentityBinding} and {@code AzureIdentity} objects of all namespaces, for managed
 * mode.
 */
public final class ClusterBindings extends MirrorBacked implements BindingDirectory {
  private final KeyedIndex<Key, IdentityBinding> bySelector =
      new KeyedIndex<>(binding -> Set.of(new Key(binding.name().namespace(), binding.selector())));
  private final Mirror<AzureIdentityBindingResource, IdentityBinding> bindings;
  private final ManagedIds ids = new ManagedIds();
  private final Mirror<AzureIdentityResource, AzureIdentity> identities;
  private final Mirrors all;

  /**
   * The bindings and identities of a cluster.
   *
   * @param connection may list and watch {@code azureidentitybindings} and {@code azureidentities}
   *     of all namespaces; it stays the caller's to close
   */
  public ClusterBindings(KubernetesConnection connection) {
    this(connection.client());
  }

  ClusterBindings(KubernetesClient client) {
    bindings =
        new Mirror<>(
            ClusterMirrors.BINDINGS,
            client.resources(AzureIdentityBindingResource.class).inAnyNamespace(),
            object -> IdentityMapping.binding(object, Metadata.of(object).name()),
            bySelector::replace);
    identities = ClusterIdentities.mirror(client, ids);
    all = new Mirrors(bindings, identities);
  }

  @Override
  public List<IdentityBinding> bindings(String namespace, String selector) {
    if (!hasSynced()) {
      throw ClusterFollower.notYet("bindings");
    }
    return bySelector.get(new Key(namespace, selector));
  }

  @Override
  public Set<String> describedIds() {
    if (!hasSynced()) {
      throw ClusterFollower.notYet("identities");
    }
    return ids.view();
  }

  @Override
  public Optional<AzureIdentity> identity(NamespacedName name) {
    return Optional.ofNullable(identities.get(name.toString()));
  }

  @Override
  ClusterFollower mirrors() {
    return all;
  }

  private record Key(String namespace, String selector) {}
}
