package io.podidentity.api.token;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.OthersIdentities;
import io.podidentity.api.matching.TokenClaims;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import java.util.List;

/**
 * How far an exemption goes: to the node's identities, but not to those that are there for other
 * pods. Each check throws {@code IDENTITY_NOT_ALLOWED}.
 *
 * <p>MIC is given what it asks for. It may put any identity on the node by itself, so that a
 * refusal would protect nothing; and it would let whoever writes an {@code AzureIdentity} with
 * MIC's client ID stop MIC.
 */
final class NodeIdentityRule {
  private final OperationMode mode;
  private final boolean anyIdentity;

  NodeIdentityRule(OperationMode mode, boolean anyIdentity) {
    this.mode = mode;
    this.anyIdentity = anyIdentity;
  }

  /** Before the token is fetched: what the request names. */
  void check(Pod pod, ExemptPods.Kind why, IdentityChoice choice) {
    if (closedTo(pod, why).include(choice)) {
      throw refusal(pod, choice);
    }
  }

  /**
   * After it: whose it is, which the request may have left open. Records may have changed, too. Of
   * a request that names an identity twice the token service looks at one name.
   */
  void check(Pod pod, ExemptPods.Kind why, IdentityChoice choice, List<AccessToken> tokens) {
    String resourceId = choice.resourceId();
    if (resourceId != null
        && choice.clientId() != null
        && tokens.stream()
            .map(TokenClaims::of)
            .anyMatch(claims -> isOfAnother(claims, resourceId))) {
      throw new PodIdentityException(
          ErrorReason.IDENTITY_NOT_ALLOWED,
          "pod %s is exempt and asks for %s, which are two identities; name one"
              .formatted(pod.name(), choice));
    }
    if (tokens.stream().anyMatch(closedTo(pod, why)::mayInclude)) {
      throw refusal(pod, choice);
    }
  }

  private static boolean isOfAnother(TokenClaims claims, String resourceId) {
    return claims.tellTheResourceId() && !claims.tellTheResourceId(resourceId);
  }

  private OthersIdentities closedTo(Pod pod, ExemptPods.Kind why) {
    return anyIdentity || why == ExemptPods.Kind.MIC
        ? OthersIdentities.NONE
        : mode.identitiesOfOthers(pod);
  }

  private static PodIdentityException refusal(Pod pod, IdentityChoice choice) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_NOT_ALLOWED,
        ("pod %s is exempt and asks for %s, which is on this node for other pods, or may be; bind"
                + " that one to it, or name another")
            .formatted(pod.name(), choice));
  }
}
