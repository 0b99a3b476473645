package io.podidentity.api.token;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Gets tokens without blocking its caller. Thread-safe. */
@FunctionalInterface
public interface TokenFetcher {
  /**
   * Gets tokens from a cache or a token service. Whether the pod may have them was decided before.
   *
   * @param pod who waits for them; what it costs to get them is its share of the budget
   * @return complete already if the tokens are at hand; else completed by another thread, with a
   *     {@link io.podidentity.api.PodIdentityException} as its cause on failure. Cancelling it
   *     affects no other caller.
   */
  CompletableFuture<List<AccessToken>> fetch(TokenQuery query, NamespacedName pod);
}
