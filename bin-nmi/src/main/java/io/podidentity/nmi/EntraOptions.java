package io.podidentity.nmi;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.http.CloudAccess;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How service principals get their tokens.
 *
 * @param endpoints the Entra ID endpoints that may be sent a secret; default those of the known
 *     clouds, the public one for identities that name none
 * @param ownSecretsOnly whether an identity may only use a Secret of its own namespace; default
 *     false, which is for identities that are not kept to their namespace anyway
 * @param access how those endpoints are reached
 */
public record EntraOptions(
    AuthorityEndpoints endpoints, boolean ownSecretsOnly, CloudAccess access) {
  /** The defaults. */
  public static final EntraOptions DEFAULT =
      new EntraOptions(
          new AuthorityEndpoints(
              AzureCloud.named("AzurePublicCloud", null).activeDirectoryEndpoint(), Set.of()),
          false,
          CloudAccess.DEFAULT);

  public EntraOptions {
    requireNonNull(endpoints, "endpoints");
    requireNonNull(access, "access");
  }

  static EntraOptions of(NmiFlags.Own flags, UnaryOperator<@Nullable String> environment) {
    String file = environment.apply("AZURE_ENVIRONMENT_FILEPATH");
    Path customCloud = file == null || file.isEmpty() ? null : Path.of(file);
    Set<URI> more = new HashSet<>();
    if (customCloud != null) {
      more.add(AzureCloud.named("AzureStackCloud", customCloud).activeDirectoryEndpoint());
    }
    try {
      for (String endpoint : flags.entraEndpoints.split(",", -1)) {
        if (!endpoint.isBlank()) {
          more.add(URI.create(endpoint.strip()));
        }
      }
      return new EntraOptions(
          new AuthorityEndpoints(
              AzureCloud.named(flags.cloud, customCloud).activeDirectoryEndpoint(), more),
          flags.refuseForeignSecrets,
          CloudAccess.fromEnvironment(environment));
    } catch (IllegalArgumentException e) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          "--entra-endpoints must be https URLs with commas between them: " + flags.entraEndpoints);
    }
  }
}
