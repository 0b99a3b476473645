package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Keeps the tokens of a {@link TokenSource}, so that most requests need no token service: a hit
 * does no I/O and takes no lock. Requests for a token that is being fetched wait for that one
 * fetch, which goes on when one of them hangs up. Failures are not kept. Thread-safe.
 *
 * <p>A token says nothing about who may have it: the broker decides that on every request, before
 * it asks here.
 */
public final class CachingTokenSource implements TokenFetcher {
  /** A token that is about to expire is fetched anew, as MSAL does. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final TokenSource source;
  private final Executor executor;
  private final AsyncCache<TokenQuery, List<AccessToken>> cache;

  /**
   * A cache over a source.
   *
   * @param executor where the source's blocking calls run
   * @param maxEntries how many queries are kept; the least useful go first; at least 1
   */
  public CachingTokenSource(TokenSource source, Executor executor, Clock clock, int maxEntries) {
    this.source = requireNonNull(source, "source");
    this.executor = requireNonNull(executor, "executor");
    if (maxEntries < 1) {
      throw new IllegalArgumentException("maxEntries must be at least 1");
    }
    this.cache =
        Caffeine.newBuilder()
            .executor(executor)
            .ticker(() -> nanos(clock.instant()))
            .maximumSize(maxEntries)
            .expireAfter(
                Expiry.creating(
                    (TokenQuery query, List<AccessToken> tokens) -> usable(clock, tokens)))
            .buildAsync();
  }

  @Override
  public CompletableFuture<List<AccessToken>> fetch(TokenQuery query) {
    CompletableFuture<List<AccessToken>> shared = cache.getIfPresent(query);
    if (shared == null) {
      CompletableFuture<List<AccessToken>> own = new CompletableFuture<>();
      shared = cache.get(query, (key, any) -> own);
      if (shared == own) {
        // Here and not in the line before: the cache holds a lock there.
        Fetch.into(own, source, query, executor);
      }
    }
    // A completed one can be shared; otherwise each caller has its own, which it may cancel.
    return shared.isDone() ? shared : shared.copy();
  }

  private static Duration usable(Clock clock, List<AccessToken> tokens) {
    Instant end = tokens.stream().map(AccessToken::expiresOn).min(Instant::compareTo).orElseThrow();
    Duration left = Duration.between(clock.instant(), end).minus(MARGIN);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
