package io.podidentity.api.token;

import static io.podidentity.api.token.CacheFixture.JOB;
import static io.podidentity.api.token.CacheFixture.START;
import static io.podidentity.api.token.CacheFixture.WEB;
import static io.podidentity.api.token.CacheFixture.X;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenCacheEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a cache tells of itself, and how it weighs what it holds. */
class CacheEventsTest {
  private final CacheFixture it = new CacheFixture();
  private final QueuedExecutor later = new QueuedExecutor();
  private final CachingTokenSource cache = it.queued(later);

  @Test
  void aFetchIsAMissForWhoCausesItAndJoinedByOthers() {
    var first = cache.fetch(X, WEB);
    var second = cache.fetch(X, JOB);
    later.runAll();

    assertThat(cache.fetch(X, JOB)).isCompletedWithValue(first.join());
    assertThat(second).isCompleted();
    assertThat(it.events)
        .containsExactly(TokenCacheEvent.MISS, TokenCacheEvent.JOINED, TokenCacheEvent.HIT);
    assertThat(it.entries).isOne();
    assertThat(it.bytes).isPositive();
  }

  @Test
  void aRefreshIsToldOnceHoweverOftenTheTokenIsGivenMeanwhile() {
    var unused = cache.fetch(X, WEB);
    later.runAll();
    it.events.clear();
    it.clock.advance(Duration.ofMinutes(30));

    for (int i = 0; i < 3; i++) {
      assertThat(cache.fetch(X, WEB)).isCompleted();
    }

    assertThat(it.events)
        .containsExactly(
            TokenCacheEvent.HIT, TokenCacheEvent.REFRESH, TokenCacheEvent.HIT, TokenCacheEvent.HIT);
  }

  @Test
  void theTextsOfAllItsTokensAndOfItsQueryAreAnEntrysWeight() {
    AccessToken five = Samples.token("12345", START);
    AccessToken three = Samples.token("678", START);
    CachedTokens tokens = new CachedTokens(X, List.of(five, three), "", true, 0, 1);
    int resources = X.resource().length() + five.resource().length() + three.resource().length();

    assertThat(tokens.bytes()).isEqualTo(1024 + 5 + 3 + resources);
  }

  @Test
  void anEntryWeighsAtLeastItsShareRoundedUp() {
    CacheBounds bounds = new CacheBounds(3, 9);

    assertThat(bounds.weigh(0)).isEqualTo(3);
    assertThat(new CacheBounds(3, 10).weigh(0)).isEqualTo(4);
    assertThat(bounds.weigh(5)).isEqualTo(5);
    assertThat(new CacheBounds(1, 1).weigh(0)).isEqualTo(1);
  }
}
