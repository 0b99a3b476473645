package io.podidentity.api.matching;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The managed identities that are on a node for other pods. An exempt pod is given the node's
 * identities, and none of these: in AAD Pod Identity v1 an exemption opens every identity of the
 * node. Immutable.
 */
public final class OthersIdentities {
  /** None. */
  public static final OthersIdentities NONE = new OthersIdentities(Set.of());

  /** Client IDs and resource IDs, in lower case. */
  private final Set<String> ids;

  private OthersIdentities(Set<String> ids) {
    this.ids = Set.copyOf(ids);
  }

  /**
   * The identities of others.
   *
   * @param ofOthers the identities that other pods have; service principals among them are on no
   *     node
   * @param own those that the pod has too, which are therefore not closed to it
   */
  public static OthersIdentities of(
      Collection<AzureIdentity> ofOthers, Collection<AzureIdentity> own) {
    Set<String> ids = new HashSet<>();
    ofOthers.forEach(identity -> idsOf(identity).forEach(ids::add));
    own.forEach(identity -> idsOf(identity).forEach(ids::remove));
    return ids.isEmpty() ? NONE : new OthersIdentities(ids);
  }

  /** Whether a request names one of them. */
  public boolean include(IdentityChoice choice) {
    ClientId clientId = choice.clientId();
    String resourceId = choice.resourceId();
    return (clientId != null && ids.contains(lower(clientId.value())))
        || (resourceId != null && ids.contains(lower(resourceId)));
  }

  /**
   * Whether a token is for one of them, or may be: of a request that names no identity the metadata
   * service chooses one, and the token alone tells which. One that does not tell is taken for
   * another's, if there is another.
   */
  public boolean mayInclude(AccessToken token) {
    if (ids.isEmpty()) {
      return false;
    }
    TokenClaims claims = TokenClaims.of(token);
    return !claims.tellTheOwner() || ids.stream().anyMatch(claims::mention);
  }

  private static Stream<String> idsOf(AzureIdentity identity) {
    return identity.credential() instanceof Credential.ManagedIdentity managed
        ? Stream.of(lower(managed.clientId().value()), lower(managed.resourceId().value()))
        : Stream.of();
  }

  private static String lower(String id) {
    return id.toLowerCase(Locale.ROOT);
  }
}
