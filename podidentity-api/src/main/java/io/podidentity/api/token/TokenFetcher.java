package io.podidentity.api.token;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Gets tokens without blocking its caller. Thread-safe. */
@FunctionalInterface
public interface TokenFetcher {
  /**
   * Gets tokens from a cache or a token service.
   *
   * @return complete already if the tokens are at hand; else completed by another thread, with a
   *     {@link io.podidentity.api.PodIdentityException} as its cause on failure. Cancelling it
   *     affects no other caller.
   */
  CompletableFuture<List<AccessToken>> fetch(TokenQuery query);

  /** Asks the source each time, on the executor. */
  static TokenFetcher uncached(TokenSource source, Executor executor) {
    return query -> {
      CompletableFuture<List<AccessToken>> tokens = new CompletableFuture<>();
      Fetch.into(tokens, source, query, executor);
      return tokens;
    };
  }
}
