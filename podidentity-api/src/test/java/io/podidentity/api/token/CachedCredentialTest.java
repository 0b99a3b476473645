package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.fixture.Samples.token;
import static io.podidentity.api.token.CacheFixture.WEB;
import static io.podidentity.api.token.CacheFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.TokenSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A Secret changes, and the object that names it does not. */
class CachedCredentialTest {
  private static final TokenQuery X =
      new TokenQuery(
          new TokenQuery.Bound(servicePrincipal("shop/x")), "https://management.azure.com/");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final ManualTimer timer = new ManualTimer();
  private final Source source = new Source();
  private final List<TokenCacheEvent> events = new ArrayList<>();

  @Test
  void aChangedSecretCountsAMinuteLater() {
    CachingTokenSource cache = cache(Runnable::run);
    assertThat(valueFrom(cache)).isEqualTo("got by old");

    source.secret = "new";
    pass(MINUTE.minusMillis(1));
    assertThat(valueFrom(cache)).isEqualTo("got by old");
    assertThat(source.reads).isOne();
    pass(Duration.ofMillis(1));
    // It is looked at beside this request.
    assertThat(valueFrom(cache)).isEqualTo("got by old");

    assertThat(valueFrom(cache)).isEqualTo("got by new");
    assertThat(source.fetches).isEqualTo(2);
  }

  @Test
  void whileItIsTheSameItIsLookedAtOnceAMinuteAndTheServiceIsLeftAlone() {
    CachingTokenSource cache = cache(Runnable::run);
    valueFrom(cache);

    for (int second = 0; second < 20 * 60; second++) {
      pass(Duration.ofSeconds(1));
      valueFrom(cache);
      valueFrom(cache);
    }

    assertThat(source.reads).isEqualTo(1 + 20);
    assertThat(source.fetches).isOne();
  }

  @Test
  void whatNobodyAsksForIsNotLookedAt() {
    CachingTokenSource cache = cache(Runnable::run);
    valueFrom(cache);

    pass(Duration.ofMinutes(29));

    assertThat(source.reads).isOne();
  }

  @Test
  void noRequestWaitsForTheLook() {
    QueuedExecutor executor = new QueuedExecutor();
    CachingTokenSource cache = cache(executor);
    var unused = cache.fetch(X, WEB);
    executor.runAll();
    pass(MINUTE);

    for (int i = 0; i < 100; i++) {
      assertThat(cache.fetch(X, WEB)).isCompleted();
    }

    assertThat(source.reads).isOne();
    assertThat(executor.queued()).isOne();
  }

  @Test
  void aSecretThatIsGoneEndsItsTokens() {
    CachingTokenSource cache = cache(Runnable::run);
    valueFrom(cache);

    source.secret = null;
    pass(MINUTE);
    valueFrom(cache);

    assertThat(refusal(cache.fetch(X, WEB)).reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
  }

  @Test
  void aSecretThatCannotBeReadForGoodEndsItsTokens() {
    CachingTokenSource cache = cache(Runnable::run);
    valueFrom(cache);

    source.failure = new PodIdentityException(ErrorReason.IDENTITY_INVALID, "no such Secret");
    pass(MINUTE);
    valueFrom(cache);

    assertThat(refusal(cache.fetch(X, WEB)).reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
  }

  @Test
  void aLookIsARefreshOnlyIfItFetches() {
    CachingTokenSource cache = cache(Runnable::run);
    valueFrom(cache);
    pass(MINUTE);
    valueFrom(cache);
    assertThat(source.reads).isEqualTo(2);
    assertThat(events).doesNotContain(TokenCacheEvent.REFRESH);

    source.secret = "new";
    pass(MINUTE);
    valueFrom(cache);

    assertThat(events).last().isEqualTo(TokenCacheEvent.REFRESH);
  }

  @Test
  void aSecretThatCannotBeLookedAtChangesNothing() {
    CachingTokenSource cache = cache(Runnable::run);
    valueFrom(cache);

    source.failure = new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "away");
    pass(MINUTE);
    valueFrom(cache);
    assertThat(source.reads).isEqualTo(2);
    source.failure = null;
    source.secret = "new";
    assertThat(valueFrom(cache)).isEqualTo("got by old");
    pass(MINUTE);
    valueFrom(cache);

    assertThat(valueFrom(cache)).isEqualTo("got by new");
  }

  @Test
  void aRefreshThatComesDueDuringTheLookIsMadeAfterIt() {
    QueuedExecutor executor = new QueuedExecutor();
    CachingTokenSource cache = cache(executor);
    var unused = cache.fetch(X, WEB);
    executor.runAll();
    pass(Duration.ofMinutes(30).minusMillis(1));
    valueFrom(cache);
    assertThat(executor.queued()).isOne();

    pass(Duration.ofMillis(1));
    executor.runAll();

    assertThat(source.fetches).isEqualTo(2);
  }

  @Test
  void aLookThatFindsNoPlaceIsMadeLater() {
    QueuedExecutor executor = new QueuedExecutor();
    CachingTokenSource cache = cache(executor);
    var unused = cache.fetch(X, WEB);
    executor.runAll();
    pass(MINUTE);
    executor.reject(1);
    assertThat(valueFrom(cache)).isEqualTo("got by old");

    source.secret = "new";
    pass(MINUTE);
    valueFrom(cache);
    executor.runAll();

    assertThat(valueFrom(cache)).isEqualTo("got by new");
  }

  @Test
  void whatCannotChangeByItselfIsNotLookedAt() {
    source.fingerprinted = false;
    CachingTokenSource cache = cache(Runnable::run);
    valueFrom(cache);
    int reads = source.reads;

    pass(Duration.ofMinutes(29));
    valueFrom(cache);

    assertThat(source.reads).isEqualTo(reads);
  }

  private String valueFrom(CachingTokenSource cache) {
    return cache.fetch(X, WEB).join().get(0).value();
  }

  private void pass(Duration time) {
    clock.advance(time);
    timer.advance(time);
  }

  private CachingTokenSource cache(Executor executor) {
    return new CachingTokenSource(
        new FetchQueue(source, executor, timer, clock, CacheFixture.NO_LIMITS, Telemetry.NOOP),
        clock,
        timer,
        CacheBounds.of(10),
        new Telemetry() {
          @Override
          public void tokenCache(TokenCacheEvent event) {
            events.add(event);
          }
        },
        () -> 0.5);
  }

  private final class Source implements TokenSource {
    @Nullable String secret = "old";
    @Nullable PodIdentityException failure;
    boolean fingerprinted = true;
    int reads;
    int fetches;

    @Override
    public List<AccessToken> fetch(TokenQuery query) {
      fetches++;
      if (secret == null) {
        throw new PodIdentityException(ErrorReason.IDENTITY_INVALID, "its Secret does not exist");
      }
      return List.of(token("got by " + secret, clock.instant().plus(Duration.ofHours(1))));
    }

    @Override
    public String fingerprint(TokenQuery query) {
      reads++;
      if (failure != null) {
        throw failure;
      }
      return fingerprinted ? "of " + secret : "";
    }
  }
}
