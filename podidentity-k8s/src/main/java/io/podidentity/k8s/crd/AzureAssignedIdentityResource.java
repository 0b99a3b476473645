package io.podidentity.k8s.crd;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * An {@code AzureAssignedIdentity} object. Its status is no subresource: it is written with the
 * rest.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("AzureAssignedIdentity")
@Plural("azureassignedidentities")
@Singular("azureassignedidentity")
public final class AzureAssignedIdentityResource
    extends CustomResource<AzureAssignedIdentitySpec, AssignmentStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;

  /** An object without any field but its kind. */
  public AzureAssignedIdentityResource() {}

  @Override
  protected @Nullable AzureAssignedIdentitySpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable AssignmentStatus initStatus() {
    return null;
  }
}
