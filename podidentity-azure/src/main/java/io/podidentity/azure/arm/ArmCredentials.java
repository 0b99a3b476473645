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
 * As whom the cluster asks Azure Resource Manager. A credential gets a token each time it is asked,
 * for the cloud's Resource Manager whatever the scope; keeping the token is its user's affair. It
 * fails with {@link io.podidentity.api.PodIdentityException}.
 */
public final class ArmCredentials {
  private ArmCredentials() {}

  /**
   * The managed identity of the node that {@code userAssignedIdentityID} names: a client ID as in
   * v1, a resource ID as in the Azure cloud provider, or nothing for the node's system-assigned
   * one.
   */
  public static TokenCredential managedIdentity(
      CloudConfig config, AzureCloud cloud, TokenSource imds) {
    TokenQuery query =
        new TokenQuery(
            new TokenQuery.OfNode(choice(config.userAssignedIdentityId())),
            cloud.resourceManagerAudience());
    return credential(() -> imds.fetch(query).get(0));
  }

  /** The service principal, by {@code aadClientId} and {@code aadClientSecret}. */
  public static TokenCredential servicePrincipal(
      CloudConfig config, AzureCloud cloud, EntraClient entra) {
    ClientId clientId = new ClientId(config.aadClientId());
    return credential(
        () ->
            entra.withSecret(
                config.tenantId(),
                clientId,
                config.aadClientSecret(),
                cloud.resourceManagerAudience()));
  }

  private static IdentityChoice choice(String id) {
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
