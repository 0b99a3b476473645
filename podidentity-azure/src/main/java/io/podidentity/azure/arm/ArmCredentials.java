package io.podidentity.azure.arm;

import com.azure.core.credential.TokenCredential;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.entra.EntraClient;
import java.time.ZoneOffset;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * As whom the cluster asks Azure Resource Manager: the node's managed identity or the service
 * principal, as {@link CloudConfig} says.
 */
public final class ArmCredentials {
  private ArmCredentials() {}

  /**
   * The credential of a cluster. It gets a token each time it is asked, for the cloud's Resource
   * Manager whatever the scope; keeping the token is its user's affair. It fails with {@link
   * io.podidentity.api.PodIdentityException}.
   *
   * @param imds asked with a managed identity
   * @param entra asked with a service principal
   */
  public static TokenCredential of(
      CloudConfig config, AzureCloud cloud, TokenSource imds, EntraClient entra) {
    String audience = cloud.resourceManagerAudience();
    if (config.useManagedIdentityExtension()) {
      TokenQuery query = new TokenQuery(new TokenQuery.OfNode(choice(config)), audience);
      return credential(() -> imds.fetch(query).get(0));
    }
    ClientId clientId = new ClientId(config.aadClientId());
    return credential(
        () -> entra.withSecret(config.tenantId(), clientId, config.aadClientSecret(), audience));
  }

  /** A client ID as in v1, or a resource ID as in the Azure cloud provider. */
  private static IdentityChoice choice(CloudConfig config) {
    String id = config.userAssignedIdentityId();
    if (id.isEmpty()) {
      return IdentityChoice.ANY;
    }
    return id.startsWith("/")
        ? new IdentityChoice(null, id)
        : new IdentityChoice(new ClientId(id), null);
  }

  private static TokenCredential credential(Supplier<AccessToken> fetch) {
    return context ->
        Mono.fromCallable(
            () -> {
              AccessToken token = fetch.get();
              return new com.azure.core.credential.AccessToken(
                  token.value(), token.expiresOn().atOffset(ZoneOffset.UTC));
            });
  }
}
