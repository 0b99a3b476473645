package io.podidentity.azure.config;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import java.net.URI;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Entra ID endpoints to which a service principal's secret may be sent. What an {@code
 * AzureIdentity} writes as {@code adEndpoint} only chooses among them: AAD Pod Identity v1 sends
 * the secret wherever it says.
 *
 * @param own the endpoint for identities that name none
 * @param more further ones besides the known clouds': a custom cloud's, or a private one's; https,
 *     with a path at most
 */
public record AuthorityEndpoints(URI own, Set<URI> more) {
  private static final String WHAT = "Entra ID";

  /**
   * The hosts under which Entra ID is known in the clouds of {@link AzureCloud}, old names
   * included.
   *
   * @see <a
   *     href="https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud">
   *     National clouds</a>
   * @see <a
   *     href="https://github.com/AzureAD/microsoft-authentication-library-for-java/blob/dev/msal4j-sdk/src/main/java/com/microsoft/aad/msal4j/AadInstanceDiscoveryProvider.java">
   *     The hosts that MSAL4J trusts</a>
   */
  private static final Set<String> KNOWN_HOSTS =
      Set.of(
          "login.microsoftonline.com",
          "login.windows.net",
          "login.microsoft.com",
          "sts.windows.net",
          "login.microsoftonline.us",
          "login-us.microsoftonline.com",
          "login.usgovcloudapi.net",
          "login.chinacloudapi.cn",
          "login.partner.microsoftonline.cn",
          "login.microsoftonline.de",
          "login.sovcloud-identity.fr",
          "login.sovcloud-identity.de",
          "login.sovcloud-identity.sg");

  /**
   * Checks the endpoints.
   *
   * @throws IllegalArgumentException if one of them is not an https URL
   */
  public AuthorityEndpoints {
    own = Endpoints.canonical(own, WHAT);
    more =
        more.stream()
            .map(endpoint -> Endpoints.canonical(endpoint, WHAT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The endpoint that an identity is served by.
   *
   * @param written its {@code adEndpoint}; null if it names none
   * @throws PodIdentityException with {@code IDENTITY_NOT_PERMITTED} if that is not on the list
   */
  public URI choose(@Nullable String written, AzureIdentity identity) {
    if (written == null) {
      return own;
    }
    URI chosen = parsed(written);
    if (chosen == null || !isPermitted(chosen)) {
      // What it says is not repeated: it may hold anything.
      throw new PodIdentityException(
          ErrorReason.IDENTITY_NOT_PERMITTED,
          ("cannot get a token for AzureIdentity %s: its adEndpoint is no Entra ID endpoint that is"
                  + " permitted here; leave it out, name a known cloud's with https, or have the"
                  + " administrator add it with --entra-endpoints")
              .formatted(identity.name()));
    }
    return chosen;
  }

  private boolean isPermitted(URI endpoint) {
    boolean known =
        KNOWN_HOSTS.contains(endpoint.getHost())
            && endpoint.getPort() == -1
            && endpoint.getRawPath().isEmpty();
    return known || endpoint.equals(own) || more.contains(endpoint);
  }

  private static @Nullable URI parsed(String written) {
    try {
      return Endpoints.canonical(URI.create(written.strip()), WHAT);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
