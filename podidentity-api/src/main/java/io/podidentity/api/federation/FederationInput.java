package io.podidentity.api.federation;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One picture of the cluster, from which a {@link FederationReport} is made. The order of the lists
 * carries no meaning.
 *
 * @param issuer who signs the cluster's service account tokens, as the API server says; null if it
 *     does not
 * @param pods all pods, those without the binding label too, with their service accounts
 * @param serviceAccounts all service accounts
 * @param identities all identities
 * @param bindings all bindings
 */
public record FederationInput(
    @Nullable String issuer,
    List<Pod> pods,
    List<ServiceAccount> serviceAccounts,
    List<AzureIdentity> identities,
    List<IdentityBinding> bindings) {
  /** Copies the lists. */
  public FederationInput {
    pods = List.copyOf(pods);
    serviceAccounts = List.copyOf(serviceAccounts);
    identities = List.copyOf(identities);
    bindings = List.copyOf(bindings);
  }
}
