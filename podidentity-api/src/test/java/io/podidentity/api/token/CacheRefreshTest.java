package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.token;
import static io.podidentity.api.token.CacheFixture.JOB;
import static io.podidentity.api.token.CacheFixture.START;
import static io.podidentity.api.token.CacheFixture.WEB;
import static io.podidentity.api.token.CacheFixture.X;
import static io.podidentity.api.token.CacheFixture.query;
import static io.podidentity.api.token.CacheFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenCacheEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How long tokens are given out, and how newer ones take their place. */
class CacheRefreshTest {
  private final CacheFixture it = new CacheFixture();

  @Test
  void aTokenInUseIsRefreshedAtHalfLifeAndNobodyWaits() {
    QueuedExecutor later = new QueuedExecutor();
    CachingTokenSource cache = it.queued(later);
    CompletableFuture<List<AccessToken>> first = cache.fetch(X, WEB);
    later.runAll();

    it.pass(Duration.ofMinutes(30).minusMillis(1));
    assertThat(later.queued()).isZero();
    it.pass(Duration.ofMillis(1));
    assertThat(later.queued()).isOne();
    assertThat(cache.fetch(X, WEB)).isCompletedWithValue(first.join());
    later.runAll();

    assertThat(cache.fetch(X, WEB).join().get(0).expiresOn())
        .isEqualTo(START.plus(Duration.ofMinutes(90)));
    assertThat(it.asked).containsExactly(X, X);
  }

  @ParameterizedTest
  @CsvSource({"0.0, 27", "0.5, 30", "1.0, 33"})
  void refreshesDoNotAllComeDueAtOnce(double random, int minutes) {
    CachingTokenSource cache = it.cache(Runnable::run, CacheBounds.of(10), random);
    cache.fetch(X, WEB).join();

    it.pass(Duration.ofMinutes(minutes).minusSeconds(1));
    assertThat(it.asked).hasSize(1);
    it.pass(Duration.ofSeconds(1));

    assertThat(it.asked).hasSize(2);
  }

  @Test
  void aTokenThatNobodyAsksForAnyMoreIsLeftToEnd() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();

    it.pass(Duration.ofHours(10));

    // The first time for the pod that asked; the second token was given to nobody.
    assertThat(it.asked).hasSize(2);
    assertThat(it.entries).isZero();
    assertThat(it.timer.pending()).isZero();
  }

  @Test
  void whoAsksForATokenPastItsHalfLifeHasItRefreshed() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    // The second came at 30 minutes, and was due at 60 with nobody asking for it.
    it.pass(Duration.ofMinutes(70));
    assertThat(it.asked).hasSize(2);

    Instant end = cache.fetch(X, WEB).join().get(0).expiresOn();

    assertThat(end).isEqualTo(START.plus(Duration.ofMinutes(90)));
    assertThat(it.asked).hasSize(3);
    assertThat(cache.fetch(X, WEB).join().get(0).expiresOn())
        .isEqualTo(START.plus(Duration.ofMinutes(130)));
  }

  @Test
  void anOldTokenIsGivenOutWhileItCannotBeRefreshed() {
    CachingTokenSource cache = it.direct();
    List<AccessToken> old = cache.fetch(X, WEB).join();
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, null);

    it.pass(Duration.ofMinutes(55).minusMillis(1));

    assertThat(cache.fetch(X, WEB)).isCompletedWithValue(old);
    assertThat(it.events).last().isEqualTo(TokenCacheEvent.STALE);
    // Each 30 s from half-life on.
    assertThat(it.asked).hasSize(1 + 25 * 2);
    it.pass(Duration.ofMillis(1));
    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();
    assertThat(it.entries).isZero();
  }

  /** As after the identity's Secret was deleted or emptied, or its application disabled. */
  @ParameterizedTest
  @EnumSource(
      value = ErrorReason.class,
      names = {"TOKEN_REFUSED", "IDENTITY_INVALID", "IDENTITY_NOT_PERMITTED"})
  void onceARefreshIsRefusedForGoodTheOldTokenIsGivenOutNoMore(ErrorReason reason) {
    CachingTokenSource cache = it.direct();
    List<AccessToken> old = cache.fetch(X, WEB).join();
    it.failing(reason, null);
    it.pass(Duration.ofMinutes(30).minusMillis(1));
    assertThat(cache.fetch(X, WEB)).isCompletedWithValue(old);

    it.pass(Duration.ofMillis(1));

    assertThat(refusal(cache.fetch(X, WEB)).reason()).isEqualTo(reason);
    assertThat(it.asked).as("the refresh, which is remembered").hasSize(2);
    assertThat(it.entries).isZero();
    it.source = query -> it.lasting(Duration.ofHours(1));
    it.pass(Duration.ofSeconds(30));
    assertThat(cache.fetch(X, WEB)).isCompleted();
  }

  @Test
  void aRefreshComesNoSoonerThanTheServiceSays() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, Duration.ofSeconds(60));
    it.pass(Duration.ofMinutes(30));
    assertThat(it.asked).hasSize(2);

    it.pass(Duration.ofSeconds(59));
    assertThat(cache.fetch(X, WEB)).isCompleted();
    assertThat(it.asked).hasSize(2);
    it.pass(Duration.ofSeconds(1));

    assertThat(it.asked).hasSize(3);
  }

  @Test
  void onceItIsRefreshedATokenIsFresh() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, null);
    it.pass(Duration.ofMinutes(30));
    it.source = query -> it.lasting(Duration.ofHours(1));
    it.pass(Duration.ofSeconds(30));

    assertThat(cache.fetch(X, WEB).join().get(0).expiresOn())
        .isEqualTo(START.plus(Duration.ofMinutes(90)).plusSeconds(30));
    assertThat(it.events).last().isEqualTo(TokenCacheEvent.HIT);
  }

  @Test
  void oneRefreshIsUnderWayAtMost() {
    QueuedExecutor later = new QueuedExecutor();
    CachingTokenSource cache = it.queued(later);
    var unused = cache.fetch(X, WEB);
    later.runAll();
    it.pass(Duration.ofMinutes(30));

    for (int i = 0; i < 100; i++) {
      assertThat(cache.fetch(X, i % 2 == 0 ? WEB : JOB)).isCompleted();
    }

    assertThat(later.queued()).isOne();
  }

  @Test
  void aRefreshedTokenThatIsGivenOutIsRefreshedAgain() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    it.pass(Duration.ofMinutes(30));
    cache.fetch(X, WEB).join();
    assertThat(it.asked).hasSize(2);

    it.pass(Duration.ofMinutes(30));

    assertThat(it.asked).hasSize(3);
  }

  @Test
  void aRefreshThatFindsNoPlaceIsMadeLater() {
    QueuedExecutor later = new QueuedExecutor();
    CachingTokenSource cache = it.queued(later);
    var unused = cache.fetch(X, WEB);
    later.runAll();
    later.reject(1);
    it.pass(Duration.ofMinutes(30));
    assertThat(later.queued()).isZero();

    it.pass(Duration.ofSeconds(30));

    assertThat(later.queued()).isOne();
  }

  @Test
  void aRefreshThatGivesATokenThatHasEndedLeavesNoneBehind() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    it.source = query -> it.lasting(Duration.ZERO);

    it.pass(Duration.ofMinutes(30));

    assertThat(it.asked).hasSize(2);
    assertThat(it.entries).isZero();
    assertThat(it.timer.pending()).isZero();
  }

  @Test
  void ofSeveralTokensTheOneThatEndsFirstDecides() {
    it.source =
        query ->
            List.of(
                token("primary", START.plus(Duration.ofHours(1))),
                token("auxiliary", START.plus(Duration.ofMinutes(10))));
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, null);

    it.pass(Duration.ofMinutes(9).minusMillis(1));
    assertThat(cache.fetch(X, WEB)).isCompletedWithValueMatching(tokens -> tokens.size() == 2);
    it.pass(Duration.ofMillis(1));

    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();
  }

  /** Else each request would go to a service that has nothing better to give. */
  @Test
  void aTokenThatComesJustBeforeItsEndIsKeptNearlyUntilThen() {
    it.source = query -> it.lasting(Duration.ofSeconds(60));
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, null);

    it.pass(Duration.ofSeconds(53));
    assertThat(cache.fetch(X, WEB)).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
    it.pass(Duration.ofSeconds(1));

    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();
  }

  @Test
  void aTokenThatHasEndedIsGivenOutAndNotKept() {
    it.source = query -> it.lasting(Duration.ZERO);
    CachingTokenSource cache = it.direct();

    assertThat(cache.fetch(X, WEB).join()).hasSize(1);
    assertThat(cache.fetch(X, WEB).join()).hasSize(1);

    assertThat(it.asked).hasSize(2);
    assertThat(it.entries).isZero();
  }

  @Test
  void aClockThatIsSetBackMakesNoTokenLastLonger() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, null);

    it.clock.advance(Duration.ofHours(-5));
    it.timer.advance(Duration.ofMinutes(55));

    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();
  }

  @Test
  void aClockThatIsSetForwardEndsTokensAtOnce() {
    CachingTokenSource cache = it.direct();
    cache.fetch(X, WEB).join();

    it.clock.advance(Duration.ofMinutes(55));

    assertThat(cache.fetch(X, WEB).join().get(0).expiresOn())
        .isEqualTo(START.plus(Duration.ofMinutes(115)));
  }

  @Test
  void whatIsDroppedLeavesNoTimerBehind() {
    CachingTokenSource cache = it.cache(Runnable::run, CacheBounds.of(10), 0.5);
    for (int i = 0; i < 1000; i++) {
      cache.fetch(query("shop/x" + i), WEB).join();
    }

    assertThat(it.entries).isLessThanOrEqualTo(10);
    // A refresh, an end.
    assertThat(it.timer.pending()).isLessThanOrEqualTo(20);
    assertThat(it.events.stream().filter(TokenCacheEvent.EVICTED::equals)).hasSize(990);
  }

  @Test
  void itIsBoundedByBytesToo() {
    it.source = query -> List.of(token("t".repeat(50_000), START.plus(Duration.ofHours(1))));
    CachingTokenSource cache = it.cache(Runnable::run, new CacheBounds(1000, 1_000_000), 0.5);
    for (int i = 0; i < 100; i++) {
      cache.fetch(query("shop/x" + i), WEB).join();
    }

    assertThat(it.bytes).isBetween(800_000L, 1_000_000L);
    assertThat(it.entries).isBetween(15, 20);
  }
}
