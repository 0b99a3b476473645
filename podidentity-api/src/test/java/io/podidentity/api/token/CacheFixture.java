package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.token;
import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cache over a source that a test writes, in time that it lets pass, on its own thread. */
final class CacheFixture {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  static final TokenQuery X = query("shop/x");
  static final TokenQuery Y = query("shop/y");
  static final NamespacedName WEB = name("shop/web");
  static final NamespacedName JOB = name("shop/job");

  /** Fetches begin at once. */
  static final Map<TokenService, FetchLimits> NO_LIMITS = limits(unlimited());

  private static final Duration STEP = Duration.ofSeconds(1);

  final ManualClock clock = new ManualClock(START);
  final ManualTimer timer = new ManualTimer();
  final List<TokenQuery> asked = new ArrayList<>();
  final List<TokenCacheEvent> events = new ArrayList<>();
  Function<TokenQuery, List<AccessToken>> source = query -> lasting(Duration.ofHours(1));
  int entries;
  long bytes;

  private final Telemetry telemetry =
      new Telemetry() {
        @Override
        public void tokenCache(TokenCacheEvent event) {
          events.add(event);
        }

        @Override
        public void tokenCacheFilled(int nowEntries, long nowBytes) {
          entries = nowEntries;
          bytes = nowBytes;
        }
      };

  /** Fetches are made at once, on the caller's thread; refreshes come exactly at half-life. */
  CachingTokenSource direct() {
    return cache(Runnable::run, CacheBounds.of(10), 0.5);
  }

  CachingTokenSource queued(QueuedExecutor executor) {
    return cache(executor, CacheBounds.of(10), 0.5);
  }

  CachingTokenSource cache(Executor executor, CacheBounds bounds, double random) {
    return new CachingTokenSource(
        new FetchQueue(this::fetch, executor, timer, clock, NO_LIMITS, telemetry),
        clock,
        timer,
        bounds,
        telemetry,
        () -> random);
  }

  /** Lets time pass, for the clock and for the timer. */
  void pass(Duration by) {
    Duration left = by;
    while (left.compareTo(STEP) > 0) {
      step(STEP);
      left = left.minus(STEP);
    }
    step(left);
  }

  private void step(Duration by) {
    clock.advance(by);
    timer.advance(by);
  }

  /** From now on the source fails so. */
  void failing(ErrorReason reason, @Nullable Duration retryAfter) {
    source =
        query -> {
          throw new PodIdentityException(reason, "the source fails", retryAfter, null);
        };
  }

  /** One token that lasts so long from now. */
  List<AccessToken> lasting(Duration life) {
    Instant now = clock.instant();
    return List.of(token("token of " + now, now.plus(life)));
  }

  static TokenQuery query(String identity) {
    return new TokenQuery(
        new TokenQuery.Bound(identity(identity)), "https://management.azure.com/");
  }

  static FetchLimits unlimited() {
    return FetchLimits.IMDS.withPerSecond(0).withAtOnce(10_000, 10_000).withWaiting(10_000, 10_000);
  }

  static Map<TokenService, FetchLimits> limits(FetchLimits imds) {
    return Map.of(TokenService.IMDS, imds, TokenService.ENTRA, unlimited());
  }

  /** The future's failure. */
  static PodIdentityException refusal(CompletableFuture<?> future) {
    return future
        .handle(
            (value, error) -> {
              Throwable cause =
                  error instanceof CompletionException ? requireNonNull(error.getCause()) : error;
              return (PodIdentityException) cause;
            })
        .join();
  }

  private List<AccessToken> fetch(TokenQuery query) {
    asked.add(query);
    return source.apply(query);
  }
}
