package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.telemetry.GuardedTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the tokens of a {@link FetchQueue}, so that most requests need no token service: a hit does
 * no I/O and waits for no lock. Thread-safe.
 *
 * <ul>
 *   <li>Requests for a token that is being fetched wait for that one fetch, which goes on when one
 *       of them hangs up.
 *   <li>Tokens that are in use are fetched anew at half of their life, give or take a tenth of that
 *       so that they do not all come due at once; nobody waits for it.
 *   <li>While they are asked for, their credential is looked at once a minute, where it may change
 *       by itself (a Secret); if it is another, they are fetched anew.
 *   <li>Where that fails, the old ones are given out until 5 minutes before they expire, or a tenth
 *       of their life where that is shorter; no clock that is set back makes it longer. Where it is
 *       refused for good, as after the identity's Secret was emptied, they are dropped.
 *   <li>Failures are remembered by their kind ({@link RememberedFailures}).
 * </ul>
 *
 * <p>The key is the whole query. It holds the identity object with its UID and generation and the
 * credential as it is written there, so that a token got through one object is never given out for
 * another that names the same client ID. A token says nothing about who may have it: the broker
 * decides that on every request, before it asks here.
 */
public final class CachingTokenSource implements TokenFetcher {
  private static final double HALF_LIFE = 0.5;
  private static final double JITTER = 0.1;

  /** How soon a refresh that failed is tried again at the earliest. */
  private static final Duration NEXT_REFRESH = Duration.ofSeconds(30);

  private final FetchQueue fetches;
  private final Clock clock;
  private final Timer timer;
  private final Telemetry telemetry;
  private final DoubleSupplier random;
  private final Cache<TokenQuery, CachedTokens> cache;
  private final RememberedFailures failures;
  private final AtomicInteger entries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  // Not in the cache, which would log every fetch that fails.
  private final ConcurrentMap<TokenQuery, Shared> underWay = new ConcurrentHashMap<>();

  /** A flight, and its outcome once that is in the cache. */
  private record Shared(Flight flight, CompletableFuture<List<AccessToken>> kept) {}

  /** A cache in front of a queue. */
  public CachingTokenSource(
      FetchQueue fetches, Clock clock, Timer timer, CacheBounds bounds, Telemetry telemetry) {
    this(fetches, clock, timer, bounds, telemetry, () -> ThreadLocalRandom.current().nextDouble());
  }

  CachingTokenSource(
      FetchQueue fetches,
      Clock clock,
      Timer timer,
      CacheBounds bounds,
      Telemetry telemetry,
      DoubleSupplier random) {
    this.fetches = requireNonNull(fetches, "fetches");
    this.clock = requireNonNull(clock, "clock");
    this.timer = requireNonNull(timer, "timer");
    this.telemetry = GuardedTelemetry.of(telemetry);
    this.random = random;
    this.failures = new RememberedFailures(clock);
    this.cache =
        Caffeine.newBuilder()
            // Its upkeep is short, and must not queue behind calls of the source.
            .executor(Runnable::run)
            .maximumWeight((long) bounds.maxEntries() * bounds.weigh(0))
            .weigher((TokenQuery query, CachedTokens tokens) -> bounds.weigh(tokens.bytes()))
            .removalListener(this::removed)
            .build();
  }

  @Override
  public CompletableFuture<List<AccessToken>> fetch(TokenQuery query, NamespacedName pod) {
    long now = clock.millis();
    CachedTokens hit = cache.getIfPresent(query);
    if (hit == null || !hit.isUsable(now)) {
      return miss(query, pod);
    }
    telemetry.tokenCache(hit.use());
    if (hit.isDue(now)) {
      keepUp(query, hit, now);
    }
    return new FromCache(hit.tokens());
  }

  private CompletableFuture<List<AccessToken>> miss(TokenQuery query, NamespacedName pod) {
    PodIdentityException failure = failures.of(query);
    if (failure != null) {
      telemetry.tokenCache(TokenCacheEvent.ERROR);
      return CompletableFuture.failedFuture(failure);
    }
    return share(query, pod, null).copy();
  }

  /** The fetch that is under way, or else a new one. */
  private CompletableFuture<List<AccessToken>> share(
      TokenQuery query, @Nullable NamespacedName pod, @Nullable CachedTokens known) {
    Flight flight = Flight.toKeep(query, clock.instant(), known);
    Shared own =
        new Shared(
            flight,
            flight.outcome().whenComplete((tokens, error) -> landed(flight, tokens, error)));
    Shared other = underWay.putIfAbsent(query, own);
    Shared shared = other == null ? own : other;
    if (pod != null) {
      shared.flight().want();
      telemetry.tokenCache(other == null ? TokenCacheEvent.MISS : TokenCacheEvent.JOINED);
    }
    if (other != null) {
      fetches.join(other.flight(), pod);
      return other.kept();
    }
    CachedTokens justFetched = pod == null ? null : cache.getIfPresent(query);
    if (justFetched != null && justFetched.isUsable(clock.millis())) {
      flight.outcome().complete(justFetched.tokens());
    } else {
      fetches.submit(flight, pod);
    }
    return own.kept();
  }

  /** Before anyone learns of the outcome, so that who asks again then finds no old fetch. */
  private void landed(
      Flight flight, @Nullable List<AccessToken> tokens, @Nullable Throwable error) {
    TokenQuery query = flight.query();
    CachedTokens known = flight.known();
    try {
      if (known != null && flight.wasAsked()) {
        telemetry.tokenCache(TokenCacheEvent.REFRESH);
      }
      if (error != null && (known == null || flight.wasAsked())) {
        failed(query, error, flight.wasAsked());
      } else if (tokens != null && flight.wasAsked()) {
        keep(query, tokens, flight);
      }
    } finally {
      var unused = underWay.remove(query);
    }
    if (known != null && !flight.wasAsked()) {
      checked(query, known);
    }
  }

  private void keep(TokenQuery query, List<AccessToken> tokens, Flight flight) {
    long now = clock.millis();
    double share = HALF_LIFE * (1 - JITTER + 2 * JITTER * random.getAsDouble());
    CachedTokens kept =
        new CachedTokens(query, tokens, flight.fingerprint(), flight.isWanted(), now, share);
    failures.forget(query);
    if (!kept.isUsable(now)) {
      cache.invalidate(query);
      return;
    }
    entries.incrementAndGet();
    bytes.addAndGet(kept.bytes());
    cache.put(query, kept);
    reportSize();
    // By the timer too, because the clock may be set.
    kept.endBy(
        timer.schedule(Duration.ofMillis(kept.usableUntil() - now), () -> drop(query, kept)));
    refreshIn(Duration.ofMillis(kept.refreshAfter()), query, kept);
    if (peek(query) != kept) {
      kept.close();
    }
  }

  private void failed(TokenQuery query, Throwable error, boolean asked) {
    CachedTokens old = peek(query);
    if (old != null && RememberedFailures.isForGood(error)) {
      drop(query, old);
      old = null;
    }
    if (old != null && old.isUsable(clock.millis())) {
      Duration keep = RememberedFailures.keep(error);
      Duration wait = keep.compareTo(NEXT_REFRESH) > 0 ? keep : NEXT_REFRESH;
      old.postponeTo(clock.millis() + wait.toMillis());
      refreshIn(wait, query, old);
    } else if (asked) {
      failures.remember(query, error);
    }
  }

  private void refreshIn(Duration wait, TokenQuery query, CachedTokens tokens) {
    tokens.refreshBy(timer.schedule(wait, () -> refreshIfUsed(query, tokens)));
  }

  /** Tokens that nobody asked for since they came are left to end, unless someone asks for them. */
  private void refreshIfUsed(TokenQuery query, CachedTokens tokens) {
    if (tokens.isUsed() && peek(query) == tokens) {
      refresh(query, tokens);
    }
  }

  private void keepUp(TokenQuery query, CachedTokens tokens, long now) {
    if (tokens.isRefreshDue(now)) {
      refresh(query, tokens);
    } else {
      tokens.refreshing();
      var unused = share(query, null, tokens);
    }
  }

  private void refresh(TokenQuery query, CachedTokens tokens) {
    tokens.refreshing();
    telemetry.tokenCache(TokenCacheEvent.REFRESH);
    var unused = share(query, null, null);
  }

  /** What came due meanwhile found this under way. */
  private void checked(TokenQuery query, CachedTokens tokens) {
    long now = clock.millis();
    tokens.checked(now);
    if (tokens.isRefreshDue(now)) {
      refreshIfUsed(query, tokens);
    }
  }

  private void drop(TokenQuery query, CachedTokens tokens) {
    var unused = cache.asMap().remove(query, tokens);
  }

  private @Nullable CachedTokens peek(TokenQuery query) {
    return cache.policy().getIfPresentQuietly(query);
  }

  private void removed(
      @Nullable TokenQuery query, @Nullable CachedTokens tokens, RemovalCause cause) {
    if (tokens != null) {
      tokens.close();
      entries.decrementAndGet();
      bytes.addAndGet(-tokens.bytes());
      if (cause.wasEvicted()) {
        telemetry.tokenCache(TokenCacheEvent.EVICTED);
      }
      reportSize();
    }
  }

  private void reportSize() {
    telemetry.tokenCacheFilled(entries.get(), bytes.get());
  }
}
