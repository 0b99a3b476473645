package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.federation.FederationInput;
import io.podidentity.api.federation.ServiceAccount;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads once what a report on workload identity federation is made from. */
public final class FederationInventory {
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private final KubernetesClient client;

  /**
   * An inventory of a cluster.
   *
   * @param connection may list pods, service accounts, identities and bindings in all namespaces,
   *     and may read the API server's OpenID configuration, without which the issuer is not known;
   *     it stays the caller's to close
   */
  public FederationInventory(KubernetesConnection connection) {
    this(connection.client());
  }

  FederationInventory(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Reads all of it.
   *
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if the API server does not give
   *     it, with the reason
   */
  public FederationInput read() {
    return new FederationInput(
        issuer(),
        list(PodResource.class, "pods").stream()
            .flatMap(pod -> Stream.ofNullable(PodMapping.whole(pod)))
            .toList(),
        list(ServiceAccountResource.class, "serviceaccounts").stream()
            .map(FederationInventory::account)
            .toList(),
        list(AzureIdentityResource.class, "azureidentities.aadpodidentity.k8s.io").stream()
            .map(object -> IdentityMapping.identity(object, Metadata.of(object).name()))
            .toList(),
        list(AzureIdentityBindingResource.class, "azureidentitybindings.aadpodidentity.k8s.io")
            .stream()
            .map(object -> IdentityMapping.binding(object, Metadata.of(object).name()))
            .toList());
  }

  private static ServiceAccount account(ServiceAccountResource object) {
    Metadata metadata = Metadata.of(object);
    return new ServiceAccount(
        metadata.name(),
        Metadata.orEmpty(metadata.annotation(ServiceAccount.CLIENT_ID_ANNOTATION)));
  }

  private <T extends HasMetadata> List<T> list(Class<T> type, String resource) {
    try {
      return client.resources(type).inAnyNamespace().list().getItems();
    } catch (KubernetesClientException e) {
      String problem =
          e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
              ? "not permitted (status 403); this needs an account that may list " + resource
              : Failures.brief(e);
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE,
          "list " + resource + ": " + problem,
          Failures.retryAfter(e),
          e);
    }
  }

  private @Nullable String issuer() {
    try {
      String json = client.raw(DISCOVERY);
      Map<?, ?> configuration = json == null ? Map.of() : Serialization.unmarshal(json, Map.class);
      return configuration.get("issuer") instanceof String issuer ? issuer : null;
    } catch (KubernetesClientException e) {
      // The report does without: who may not read it knows the issuer from Azure.
      return null;
    }
  }
}
