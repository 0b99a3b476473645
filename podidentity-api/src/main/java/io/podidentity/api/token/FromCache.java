package io.podidentity.api.token;

import io.podidentity.api.model.AccessToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The tokens that a request finds in the cache. By its type it is told from a fetch that was quick;
 * an ordinary future that is complete may be either.
 */
final class FromCache extends CompletableFuture<List<AccessToken>> {
  FromCache(List<AccessToken> tokens) {
    complete(tokens);
  }
}
