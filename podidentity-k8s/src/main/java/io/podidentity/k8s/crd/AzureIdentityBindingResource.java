package io.podidentity.k8s.crd;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** An {@code AzureIdentityBinding} object. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("AzureIdentityBinding")
@Plural("azureidentitybindings")
@Singular("azureidentitybinding")
public final class AzureIdentityBindingResource
    extends CustomResource<AzureIdentityBindingSpec, ReplicaStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;

  /** An object without any field but its kind. */
  public AzureIdentityBindingResource() {}

  @Override
  protected @Nullable AzureIdentityBindingSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable ReplicaStatus initStatus() {
    return null;
  }
}
