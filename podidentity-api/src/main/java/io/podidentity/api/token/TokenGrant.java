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
 * @param clientId the identity it is for; null for the node's own
 * @param tokens at least one: the primary tenant's first, then those of the auxiliary tenants
 */
public record TokenGrant(
    NamespacedName pod, @Nullable ClientId clientId, List<AccessToken> tokens) {
  public TokenGrant {
    Objects.requireNonNull(pod, "pod");
    tokens = List.copyOf(tokens);
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("tokens must not be empty");
    }
  }
}
