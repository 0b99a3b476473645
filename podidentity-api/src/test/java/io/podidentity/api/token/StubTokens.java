package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.token;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Tokens at hand for whoever asks; it keeps what it was asked, and by which thread. */
final class StubTokens implements TokenFetcher {
  final List<TokenQuery> queries = new CopyOnWriteArrayList<>();
  final List<Thread> threads = new CopyOnWriteArrayList<>();
  volatile Function<TokenQuery, CompletableFuture<List<AccessToken>>> answer =
      query -> CompletableFuture.completedFuture(tokens(query));

  @Override
  public CompletableFuture<List<AccessToken>> fetch(TokenQuery query, NamespacedName pod) {
    queries.add(query);
    threads.add(Thread.currentThread());
    return answer.apply(query);
  }

  /** A token that says whose it is and for what. */
  static List<AccessToken> tokens(TokenQuery query) {
    String whose =
        query.subject() instanceof TokenQuery.Bound bound
            ? bound.identity().name().toString()
            : "node";
    return List.of(token(whose + " for " + query.resource(), Instant.EPOCH));
  }
}
