package io.podidentity.api.token;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** One call of a token source, made elsewhere. */
final class Fetch {
  private Fetch() {}

  /** Makes the call on the executor; its outcome, whatever it is, completes the future. */
  static void into(
      CompletableFuture<List<AccessToken>> future,
      TokenSource source,
      TokenQuery query,
      Executor executor) {
    try {
      var unused = future.completeAsync(() -> call(source, query), executor);
    } catch (RejectedExecutionException e) {
      future.completeExceptionally(
          new PodIdentityException(
              ErrorReason.TOKEN_UNAVAILABLE,
              "too many tokens are being fetched; ask again in a moment",
              e));
    } catch (RuntimeException | Error e) {
      // An executor may refuse in its own way. Others may wait for this future already.
      future.completeExceptionally(e);
    }
  }

  private static List<AccessToken> call(TokenSource source, TokenQuery query) {
    List<AccessToken> tokens = List.copyOf(source.fetch(query));
    if (tokens.isEmpty()) {
      throw new IllegalStateException("the token source gave no token and no reason");
    }
    return tokens;
  }
}
