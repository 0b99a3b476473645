package io.podidentity.api.token;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.NamespacedName;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link TokenRequest}.
 *
 * @param pod the pod it was given to
 * @param clientId the identity it is for; null if it is the node's and the pod did not name it by
 *     its client ID
 * @param tokens at least one: the primary tenant's first, then those of the auxiliary tenants
 * @param identity the object of the cluster that describes the identity; null for the node's
 * @param resourceId the resource ID by which an exempt pod or MIC named one of the node's
 *     identities, as it wrote it; null if it named none by it, or is bound to what it has. With
 *     neither this nor a client ID it is the node's default identity
 * @param right by what the pod has it
 * @param cached whether a {@link CachingTokenSource} had the tokens; else they were fetched for
 *     this request, or for one that asked a moment before
 */
public record TokenGrant(
    NamespacedName pod,
    @Nullable ClientId clientId,
    List<AccessToken> tokens,
    @Nullable NamespacedName identity,
    @Nullable String resourceId,
    Right right,
    boolean cached) {
  /** Copies the list; refuses an empty one. */
  public TokenGrant {
    Objects.requireNonNull(pod, "pod");
    Objects.requireNonNull(right, "right");
    tokens = List.copyOf(tokens);
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("tokens must not be empty");
    }
  }

  /** Of which it is not told how the pod came by it. */
  public TokenGrant(NamespacedName pod, @Nullable ClientId clientId, List<AccessToken> tokens) {
    this(pod, clientId, tokens, null, null, Right.BOUND, false);
  }

  /** By what a pod has an identity. */
  public enum Right {
    /** It is bound to it. */
    BOUND("bound"),
    /** The pod is exempt by an object, and this is the node's. */
    EXEMPT("exempt"),
    /** The pod is one of MIC's, and this is the node's. */
    MIC("mic");

    private final String code;

    Right(String code) {
      this.code = code;
    }

    /** The stable, lower-case name. */
    public String code() {
      return code;
    }
  }
}
