package io.podidentity.k8s.crd;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** An {@code AzurePodIdentityException} object. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("AzurePodIdentityException")
@Plural("azurepodidentityexceptions")
@Singular("azurepodidentityexception")
public final class AzurePodIdentityExceptionResource
    extends CustomResource<AzurePodIdentityExceptionSpec, ExceptionStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;

  /** An object without any field but its kind. */
  public AzurePodIdentityExceptionResource() {}

  @Override
  protected @Nullable AzurePodIdentityExceptionSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable ExceptionStatus initStatus() {
    return null;
  }
}
