package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a {@link TokenSource} has to do. */
public abstract class TokenSourceContract {
  private static final String RESOURCE = "https://management.azure.com/";

  /** For subclasses. */
  protected TokenSourceContract() {}

  /** The source. */
  protected abstract TokenSource source();

  /** The time by which its tokens are stamped. */
  protected abstract Clock clock();

  /** An identity for which there are tokens. */
  protected abstract AzureIdentity known();

  /** An identity for which there are none, and asking again does not help. */
  protected abstract AzureIdentity unknown();

  /** Makes the token service throttle everybody, or lets it work again. */
  protected abstract void throttle(boolean now);

  @Test
  void tokenIsForTheResourceAndValidNow() {
    for (AccessToken token : fetch(known())) {
      assertThat(token.value()).isNotEmpty();
      assertThat(token.resource()).isEqualTo(RESOURCE);
      assertThat(token.expiresOn()).isAfter(clock().instant());
      assertThat(token.notBefore()).isBeforeOrEqualTo(clock().instant());
    }
    assertThat(fetch(known())).isNotEmpty();
  }

  @Test
  void tokenIsFetchedEachTimeAndNotKept() {
    fetch(known());
    throttle(true);

    assertThat(failure(known()).reason())
        .isIn(ErrorReason.TOKEN_UNAVAILABLE, ErrorReason.TOKEN_THROTTLED);

    throttle(false);
    assertThat(fetch(known())).isNotEmpty();
  }

  @Test
  void callerThatCountsTheCallsIsServedLikeOneThatDoesNot() {
    TokenQuery query = query(known());

    assertThat(source().fetch(query, TokenSource.Budget.UNLIMITED))
        .hasSameSizeAs(source().fetch(query))
        .allSatisfy(token -> assertThat(token.resource()).isEqualTo(RESOURCE));
  }

  @Test
  void whoKeepsTokensIsToldByWhatTheyWereGot() {
    TokenQuery query = query(known());

    TokenSource.Issued issued = source().issue(query, TokenSource.Budget.UNLIMITED);

    assertThat(issued.tokens()).hasSameSizeAs(source().fetch(query));
    assertThat(issued.fingerprint())
        .as("fingerprint of what has not changed since")
        .isEqualTo(source().fingerprint(query));
  }

  @Test
  void whatWillNotHealIsRefusedAndNamed() {
    AzureIdentity unknown = unknown();

    PodIdentityException refusal = failure(unknown);

    assertThat(refusal.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(refusal.retryAfter()).isEmpty();
    assertThat(refusal).hasMessageContaining(unknown.name().toString());
  }

  @Test
  void identityThatCannotBeUsedIsInvalidForItsOwnReason() {
    AzureIdentity unusable =
        new AzureIdentity(
            new NamespacedName("default", Samples.fresh("identity")),
            "uid",
            1,
            false,
            new Credential.Unusable("its type is 7"));

    PodIdentityException refusal = failure(unusable);

    assertThat(refusal.reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
    assertThat(refusal)
        .hasMessageContaining("its type is 7")
        .hasMessageContaining(unusable.name().toString());
  }

  /** As the broker does where a fetch takes too long. One that goes on keeps its place there. */
  @Test
  void interruptedThreadGivesUpAndStaysInterrupted() {
    AzureIdentity known = known();
    boolean stillInterrupted;
    Thread.currentThread().interrupt();
    try {
      assertThat(failure(known).reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
    } finally {
      // Whatever came of it, the next test does not begin interrupted.
      stillInterrupted = Thread.interrupted();
    }
    assertThat(stillInterrupted).isTrue();
  }

  @Test
  void severalThreadsMayAskAtOnce() {
    AzureIdentity known = known();
    List<CompletableFuture<List<AccessToken>>> asked =
        IntStream.range(0, 8)
            .mapToObj(number -> CompletableFuture.supplyAsync(() -> fetch(known)))
            .toList();

    assertThat(asked).allSatisfy(tokens -> assertThat(tokens.join()).isNotEmpty());
  }

  @Test
  void neitherTokensNorRefusalsPrintAToken() {
    List<AccessToken> tokens = fetch(known());
    PodIdentityException refusal = failure(unknown());

    for (AccessToken token : tokens) {
      assertThat(Stream.of(tokens.toString(), source().toString(), String.valueOf(refusal)))
          .noneMatch(text -> text.contains(token.value()));
    }
  }

  private List<AccessToken> fetch(AzureIdentity identity) {
    return source().fetch(query(identity));
  }

  private PodIdentityException failure(AzureIdentity identity) {
    PodIdentityException refusal =
        catchThrowableOfType(PodIdentityException.class, () -> source().fetch(query(identity)));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal;
  }

  private static TokenQuery query(AzureIdentity identity) {
    return new TokenQuery(new TokenQuery.Bound(identity), RESOURCE);
  }
}
