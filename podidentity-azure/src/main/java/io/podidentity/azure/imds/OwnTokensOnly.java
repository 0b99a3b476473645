package io.podidentity.azure.imds;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.TokenClaims;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.azure.http.RecentSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Refuses the token of another identity than the one that the {@code AzureIdentity}'s resource ID
 * names. An identity is assigned by its resource ID, and the metadata service is asked by client
 * ID: in AAD Pod Identity v1 whoever writes an object with a resource ID of his own and the client
 * ID of another identity that is on the node, the kubelet's for example, is given that one's token.
 *
 * <p>Whose a token is, its claim {@code xms_mirid} tells. Nothing is verified: it came from the
 * metadata service itself. A token need not have that claim, and the resource may have it
 * encrypted: then one that is asked for by the resource ID is given instead, unless it names
 * another client ID than the object. What has been proven of an object is remembered. As
 * thread-safe as what it wraps.
 */
public final class OwnTokensOnly implements TokenSource {
  private final TokenSource imds;

  /**
   * A node has a few dozen, and an edit makes another of one; what is forgotten is proven again.
   */
  private final RecentSet<AzureIdentity> proven = new RecentSet<>(1000);

  /** A check behind a source. */
  public OwnTokensOnly(TokenSource imds) {
    this.imds = requireNonNull(imds, "imds");
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query) {
    return fetch(query, Budget.UNLIMITED);
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query, Budget budget) {
    List<AccessToken> tokens = imds.fetch(query, budget);
    if (query.subject() instanceof TokenQuery.Bound bound
        && bound.identity().credential() instanceof Credential.ManagedIdentity managed) {
      return own(tokens, query, bound.identity(), managed, budget);
    }
    return tokens;
  }

  private List<AccessToken> own(
      List<AccessToken> tokens,
      TokenQuery query,
      AzureIdentity identity,
      Credential.ManagedIdentity managed,
      Budget budget) {
    if (tell(tokens, identity, managed, TokenClaims::tellTheResourceId)) {
      proven.add(identity);
      return tokens;
    }
    if (proven.contains(identity)) {
      return tokens;
    }
    budget.takeAnother();
    List<AccessToken> byResourceId = askByResourceId(query.resource(), identity, managed, budget);
    // By its client ID the same object gets the same identity's tokens from now on.
    if (tell(byResourceId, identity, managed, TokenClaims::tellTheClientId)) {
      proven.add(identity);
    }
    return byResourceId;
  }

  private List<AccessToken> askByResourceId(
      String resource, AzureIdentity identity, Credential.ManagedIdentity managed, Budget budget) {
    IdentityChoice choice = new IdentityChoice(null, managed.resourceId().value());
    try {
      return imds.fetch(new TokenQuery(new TokenQuery.OfNode(choice), resource), budget);
    } catch (PodIdentityException e) {
      throw e.reason() == ErrorReason.TOKEN_REFUSED
          ? refusal(identity, "it cannot be told whose its clientID is", e)
          : e;
    }
  }

  /** Whether each of the tokens tells that much; one that tells of another is refused. */
  private static boolean tell(
      List<AccessToken> tokens,
      AzureIdentity identity,
      Credential.ManagedIdentity managed,
      Predicate<TokenClaims> enough) {
    boolean all = true;
    for (AccessToken token : tokens) {
      TokenClaims claims = TokenClaims.of(token);
      if ((claims.tellTheResourceId() && !claims.tellTheResourceId(managed.resourceId().value()))
          || (claims.tellTheClientId() && !claims.tellTheClientId(managed.clientId()))) {
        throw refusal(
            identity, "its clientID is that of another identity than its resourceID names", null);
      }
      all &= enough.test(claims);
    }
    return all;
  }

  private static PodIdentityException refusal(
      AzureIdentity identity, String problem, @Nullable PodIdentityException cause) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_NOT_PERMITTED,
        ("cannot get a token for AzureIdentity %s: %s; correct the one that is wrong, or have the"
                + " administrator permit it with --accept-foreign-client-ids")
            .formatted(identity.name(), problem),
        null,
        cause);
  }
}
