package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.token.CacheFixture.JOB;
import static io.podidentity.api.token.CacheFixture.WEB;
import static io.podidentity.api.token.CacheFixture.X;
import static io.podidentity.api.token.CacheFixture.Y;
import static io.podidentity.api.token.CacheFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How long which failure is remembered, and for whom. */
class CacheFailureTest {
  private final CacheFixture it = new CacheFixture();
  private final CachingTokenSource cache = it.direct();

  @ParameterizedTest
  @CsvSource({
    "TOKEN_REFUSED, , 30000",
    "IDENTITY_INVALID, , 30000",
    "TOKEN_UNAVAILABLE, , 1000",
    "TOKEN_UNAVAILABLE, 7, 7000",
    "TOKEN_UNAVAILABLE, 0, 1000",
    "TOKEN_UNAVAILABLE, 3600, 70000",
    "TOKEN_THROTTLED, 5, 5000",
  })
  void aFailureIsRememberedByItsKind(ErrorReason reason, @Nullable Integer retryAfter, int millis) {
    it.failing(reason, retryAfter == null ? null : Duration.ofSeconds(retryAfter));
    assertThat(refusal(cache.fetch(X, WEB)).reason()).isEqualTo(reason);

    it.pass(Duration.ofMillis(millis - 1));
    PodIdentityException again = refusal(cache.fetch(X, JOB));
    assertThat(it.asked).hasSize(1);
    assertThat(again.reason()).isEqualTo(reason);
    assertThat(again).hasMessage("the source fails").hasNoCause();
    assertThat(it.events).last().isEqualTo(TokenCacheEvent.ERROR);

    it.source = query -> it.lasting(Duration.ofHours(1));
    it.pass(Duration.ofMillis(1));

    // The budget rests after TOKEN_THROTTLED, and is awake again by now.
    assertThat(cache.fetch(X, WEB)).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  @Test
  void aFailureCountsFromTheMomentOn() {
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, Duration.ofHours(1));
    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();

    assertThat(refusal(cache.fetch(X, WEB)).retryAfter()).contains(Duration.ofSeconds(70));
    assertThat(it.asked).hasSize(1);
  }

  @Test
  void whenToComeAgainIsToldAnewEachTime() {
    it.failing(ErrorReason.TOKEN_UNAVAILABLE, Duration.ofSeconds(20));
    assertThat(refusal(cache.fetch(X, WEB)).retryAfter()).contains(Duration.ofSeconds(20));

    it.pass(Duration.ofSeconds(15));

    assertThat(refusal(cache.fetch(X, WEB)).retryAfter()).contains(Duration.ofSeconds(5));
  }

  @Test
  void nobodyIsToldToComeAgainForWhatWillNotHeal() {
    it.failing(ErrorReason.TOKEN_REFUSED, null);
    assertThat(refusal(cache.fetch(X, WEB)).retryAfter()).isEmpty();

    assertThat(refusal(cache.fetch(X, WEB)).retryAfter()).isEmpty();
  }

  @Test
  void aFailureIsNoneOfAnotherObjectsBusiness() {
    it.failing(ErrorReason.TOKEN_REFUSED, null);
    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();
    it.source = query -> it.lasting(Duration.ofHours(1));

    assertThat(cache.fetch(Y, WEB)).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  /** What is wrong with the object or its Secret; nothing is asked of Entra ID. */
  @ParameterizedTest
  @EnumSource(names = {"IDENTITY_INVALID", "IDENTITY_NOT_PERMITTED", "CLUSTER_UNAVAILABLE"})
  void whatIsWrongWithAServicePrincipalIsRememberedForAllResources(ErrorReason reason) {
    it.failing(reason, null);
    for (int i = 0; i < 100; i++) {
      assertThat(refusal(cache.fetch(principal("api://" + i), WEB)).reason()).isEqualTo(reason);
    }
    assertThat(it.asked).hasSize(1);

    it.source = query -> it.lasting(Duration.ofHours(1));
    it.pass(Duration.ofSeconds(30));

    assertThat(cache.fetch(principal("api://0"), WEB))
        .isCompletedWithValueMatching(tokens -> tokens.size() == 1);
    assertThat(cache.fetch(principal("api://1"), WEB))
        .isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  @Test
  void aTokenForOneResourceEndsWhatIsRememberedForAll() {
    assertThat(cache.fetch(principal("api://kept"), WEB)).isCompleted();
    it.pass(Duration.ofMinutes(30).minusSeconds(10));
    it.failing(ErrorReason.IDENTITY_INVALID, null);
    assertThat(cache.fetch(principal("api://0"), WEB)).isCompletedExceptionally();
    assertThat(cache.fetch(principal("api://kept"), WEB))
        .as("what is in the cache is given all the same")
        .isCompleted();
    it.source = query -> it.lasting(Duration.ofHours(1));
    // A refresh, at half of its life.
    it.pass(Duration.ofSeconds(10));

    assertThat(cache.fetch(principal("api://1"), WEB))
        .isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  @Test
  void whatEntraRefusesForOneResourceIsNoneOfTheOthersBusiness() {
    it.failing(ErrorReason.TOKEN_REFUSED, null);
    assertThat(cache.fetch(principal("api://0"), WEB)).isCompletedExceptionally();
    it.source = query -> it.lasting(Duration.ofHours(1));

    assertThat(cache.fetch(principal("api://1"), WEB))
        .isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  /** There it may be the resource that keeps from telling whose the token is. */
  @Test
  void whatIsNotPermittedToAManagedIdentityIsRememberedForItsResource() {
    it.failing(ErrorReason.IDENTITY_NOT_PERMITTED, null);
    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();
    it.source = query -> it.lasting(Duration.ofHours(1));

    assertThat(cache.fetch(new TokenQuery(X.subject(), "api://0"), WEB))
        .isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  private static TokenQuery principal(String resource) {
    return new TokenQuery(new TokenQuery.Bound(servicePrincipal("shop/app")), resource);
  }

  /** A pod may ask for as many resources as it likes, which no service knows. */
  @Test
  void ofManyFailuresFiveHundredAreRemembered() {
    it.failing(ErrorReason.TOKEN_REFUSED, null);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 2000; i++) {
        TokenQuery query = new TokenQuery(X.subject(), "api://" + i);
        assertThat(cache.fetch(query, WEB)).isCompletedExceptionally();
      }
    }

    assertThat(it.asked).hasSizeBetween(2000 + 1500, 4000);
  }

  @Test
  void anErrorOfThisProgramIsNotRemembered() {
    it.source =
        query -> {
          throw new IllegalStateException("a bug");
        };
    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();

    it.source = query -> it.lasting(Duration.ofHours(1));

    assertThat(cache.fetch(X, WEB)).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  @Test
  void aClockThatIsSetBackMakesNoFailureLastLonger() {
    it.failing(ErrorReason.TOKEN_REFUSED, null);
    assertThat(cache.fetch(X, WEB)).isCompletedExceptionally();
    it.source = query -> it.lasting(Duration.ofHours(1));

    it.clock.advance(Duration.ofHours(-5));

    assertThat(cache.fetch(X, WEB)).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }
}
