package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the tokens of a {@link TokenSource}, so that most requests need no token service: a hit
 * does no I/O and waits for no lock. Requests for a token that is being fetched wait for that one
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
  private final Cache<TokenQuery, List<AccessToken>> cache;
  // Not in the cache, which would log every fetch that fails.
  private final ConcurrentMap<TokenQuery, CompletableFuture<List<AccessToken>>> underWay =
      new ConcurrentHashMap<>();

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
            // Its upkeep is short, and must not queue behind calls of the source.
            .executor(Runnable::run)
            .ticker(() -> nanos(clock.instant()))
            .maximumSize(maxEntries)
            .expireAfter(
                Expiry.creating(
                    (TokenQuery query, List<AccessToken> tokens) -> usable(clock, tokens)))
            .build();
  }

  @Override
  public CompletableFuture<List<AccessToken>> fetch(TokenQuery query) {
    List<AccessToken> hit = cache.getIfPresent(query);
    return hit != null ? CompletableFuture.completedFuture(hit) : join(query);
  }

  private CompletableFuture<List<AccessToken>> join(TokenQuery query) {
    CompletableFuture<List<AccessToken>> fetched = new CompletableFuture<>();
    CompletableFuture<List<AccessToken>> own =
        fetched.whenComplete((tokens, error) -> end(query, tokens));
    CompletableFuture<List<AccessToken>> other = underWay.putIfAbsent(query, own);
    if (other != null) {
      return other.copy();
    }
    List<AccessToken> justFetched = cache.getIfPresent(query);
    if (justFetched != null) {
      fetched.complete(justFetched);
    } else {
      Fetch.into(fetched, source, query, executor);
    }
    // Each caller has its own, which it may cancel.
    return own.copy();
  }

  /** Before anyone learns of the outcome, so that who asks again then finds no old fetch. */
  private void end(TokenQuery query, @Nullable List<AccessToken> tokens) {
    try {
      if (tokens != null) {
        cache.put(query, tokens);
      }
    } finally {
      var unused = underWay.remove(query);
    }
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
