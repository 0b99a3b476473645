package io.podidentity.azure.imds;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.TokenClaims;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.util.List;

/**
 * Refuses the token of another identity than the one that the {@code AzureIdentity}'s resource ID
 * names. An identity is assigned by its resource ID, and the metadata service is asked by client
 * ID: in AAD Pod Identity v1 whoever writes an object with a resource ID of his own and the client
 * ID of another identity that is on the node, the kubelet's for example, is given that one's token.
 *
 * <p>Whose a token is, its claim {@code xms_mirid} tells. Nothing is verified: it came from the
 * metadata service itself. A token that does not tell is let through; what is in it is the
 * resource's business, which may have it encrypted. As thread-safe as what it wraps.
 */
public final class OwnTokensOnly implements TokenSource {
  private final TokenSource imds;

  /** A check behind a source. */
  public OwnTokensOnly(TokenSource imds) {
    this.imds = requireNonNull(imds, "imds");
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query) {
    List<AccessToken> tokens = imds.fetch(query);
    if (query.subject() instanceof TokenQuery.Bound bound
        && bound.identity().credential() instanceof Credential.ManagedIdentity managed) {
      tokens.forEach(token -> check(bound.identity(), managed, token));
    }
    return tokens;
  }

  private static void check(
      AzureIdentity identity, Credential.ManagedIdentity managed, AccessToken token) {
    String owner = TokenClaims.of(token).resourceId();
    if (owner != null && !owner.equalsIgnoreCase(managed.resourceId().value())) {
      throw new PodIdentityException(
          ErrorReason.IDENTITY_NOT_PERMITTED,
          ("cannot get a token for AzureIdentity %s: its clientID is that of another identity than"
                  + " its resourceID names; correct the one that is wrong, or have the administrator"
                  + " permit it with --accept-foreign-client-ids")
              .formatted(identity.name()));
    }
  }
}
