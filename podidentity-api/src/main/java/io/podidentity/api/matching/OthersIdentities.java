package io.podidentity.api.matching;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The managed identities that are on a node for other pods, by their {@link
 * AzureIdentity#managedIds()}. An exempt pod is given the node's identities, and none of these: in
 * AAD Pod Identity v1 an exemption opens every identity of the node. However many they are, each
 * question takes a look-up or two. As unchanging as what it was made of.
 */
public final class OthersIdentities {
  /** None. */
  public static final OthersIdentities NONE = new OthersIdentities(List.of(), Set.of());

  private final List<Set<String>> all;
  private final Set<String> own;

  private OthersIdentities(List<Set<String>> all, Set<String> own) {
    this.all = all;
    this.own = own;
  }

  /**
   * The identities of others.
   *
   * @param all the IDs of those that pods have, the pod's own too or not; looked up in, not copied
   * @param own those that the pod has, which are therefore not closed to it
   */
  public static OthersIdentities of(List<Set<String>> all, Collection<AzureIdentity> own) {
    Set<String> ids = new HashSet<>();
    own.forEach(identity -> ids.addAll(identity.managedIds()));
    return new OthersIdentities(List.copyOf(all), ids);
  }

  /** Whether a request names one of them. */
  public boolean include(IdentityChoice choice) {
    ClientId clientId = choice.clientId();
    String resourceId = choice.resourceId();
    return (clientId != null && includes(clientId.value().toLowerCase(Locale.ROOT)))
        || (resourceId != null && includes(resourceId.toLowerCase(Locale.ROOT)));
  }

  /**
   * Whether a token is for one of them, or may be: of a request that names no identity the metadata
   * service chooses one, and the token alone tells which. One that does not tell is taken for
   * another's, if there is another.
   */
  public boolean mayInclude(AccessToken token) {
    if (areNone()) {
      return false;
    }
    TokenClaims claims = TokenClaims.of(token);
    return !claims.tellTheOwner() || claims.texts().anyMatch(this::includes);
  }

  private boolean includes(String id) {
    return !own.contains(id) && all.stream().anyMatch(ids -> ids.contains(id));
  }

  /** A step further than over the pod's own at most. */
  private boolean areNone() {
    return all.stream().allMatch(own::containsAll);
  }
}
