package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.token;
import static io.podidentity.api.fixture.Samples.withCredential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CachingTokenSourceTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final TokenQuery X = query(identity("shop/x"));
  private static final NamespacedName POD = name("shop/web");

  private final ManualClock clock = new ManualClock(START);
  private final List<TokenQuery> asked = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Function<TokenQuery, List<AccessToken>> source = query -> hour();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aTokenIsFetchedOnceAndThenAtHand() {
    CachingTokenSource cache = direct(10);
    List<AccessToken> first = cache.fetch(X, POD).join();

    CompletableFuture<List<AccessToken>> hit = cache.fetch(X, POD);

    assertThat(hit).isCompletedWithValue(first);
    assertThat(asked).containsExactly(X);
  }

  /** A failure is the caller's to report; a library that logs each would fill NMI's log. */
  @Test
  void aFailureIsNotLogged() {
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Handler handler = new Keeping(logged);
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    try {
      source =
          query -> {
            throw new PodIdentityException(ErrorReason.TOKEN_REFUSED, "no");
          };
      assertThat(direct(10).fetch(X, POD)).isCompletedExceptionally();
      CachingTokenSource full =
          cache(
              task -> {
                throw new RejectedExecutionException();
              },
              10);
      assertThat(full.fetch(X, POD)).isCompletedExceptionally();
    } finally {
      root.removeHandler(handler);
    }
    assertThat(logged).isEmpty();
  }

  @Test
  void aSourceThatGivesNoTokenHasFailed() {
    source = query -> List.of();
    CachingTokenSource cache = direct(10);
    assertThatThrownBy(() -> cache.fetch(X, POD).join())
        .hasCauseInstanceOf(IllegalStateException.class);

    source = query -> hour();

    assertThat(cache.fetch(X, POD).join()).hasSize(1);
  }

  @Test
  void whatTheSourceKeepsItCannotChangeLater() {
    List<AccessToken> own = new ArrayList<>(hour());
    source = query -> own;
    CachingTokenSource cache = direct(10);
    cache.fetch(X, POD).join();

    own.clear();

    assertThat(cache.fetch(X, POD).join()).hasSize(1);
  }

  @Test
  void manyWhoAskAtOnceCauseOneFetch() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    source = query -> after(release);
    CachingTokenSource cache = cache(threads, 10);
    CountDownLatch ready = new CountDownLatch(16);
    List<CompletableFuture<List<AccessToken>>> answers = new CopyOnWriteArrayList<>();
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      callers.add(
          CompletableFuture.runAsync(
              () -> {
                ready.countDown();
                await(ready);
                answers.add(cache.fetch(X, POD));
              },
              threads));
    }
    for (var caller : callers) {
      caller.get(10, TimeUnit.SECONDS);
    }
    assertThat(answers).noneMatch(CompletableFuture::isDone);

    release.countDown();

    for (var answer : answers) {
      assertThat(answer.get(10, TimeUnit.SECONDS)).hasSize(1);
    }
    assertThat(asked).containsExactly(X);
  }

  @Test
  void whoHangsUpTakesTheTokenFromNobody() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    source = query -> after(release);
    CachingTokenSource cache = cache(threads, 10);
    CompletableFuture<List<AccessToken>> first = cache.fetch(X, POD);
    CompletableFuture<List<AccessToken>> second = cache.fetch(X, POD);

    first.cancel(true);
    second.complete(List.of());
    CompletableFuture<List<AccessToken>> third = cache.fetch(X, POD);
    assertThat(third).isNotDone();
    release.countDown();

    assertThat(third.get(10, TimeUnit.SECONDS)).hasSize(1);
    assertThat(cache.fetch(X, POD).get(10, TimeUnit.SECONDS)).hasSize(1);
    assertThat(asked).containsExactly(X);
  }

  @Test
  void aHitWaitsForNoOtherFetch() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CachingTokenSource cache = direct(1000);
    cache.fetch(X, POD).join();
    source = query -> after(release);
    // On an executor that runs at once these callers hang inside the cache, whatever it holds then.
    List<CompletableFuture<?>> hanging = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      TokenQuery query = query(identity("shop/slow-" + i));
      hanging.add(CompletableFuture.runAsync(() -> cache.fetch(query, POD).join(), threads));
    }
    await(() -> asked.size() == 9);

    CompletableFuture<Boolean> hit =
        CompletableFuture.supplyAsync(() -> cache.fetch(X, POD).isDone(), threads);
    CompletableFuture<Boolean> joining =
        CompletableFuture.supplyAsync(
            () -> cache.fetch(query(identity("shop/slow-3")), POD).isDone(), threads);

    assertThat(hit.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(joining.get(10, TimeUnit.SECONDS)).isFalse();
    release.countDown();
    CompletableFuture.allOf(hanging.toArray(CompletableFuture<?>[]::new)).get(10, TimeUnit.SECONDS);
  }

  @Test
  void anotherObjectWithTheSameClientIdHasAnEntryOfItsOwn() {
    Credential credential = identity("shop/x").credential();
    List<TokenQuery> different =
        List.of(
            query(withCredential("shop/x", credential)),
            query(withCredential("other/x", credential)),
            query(withCredential("shop/x2", credential)),
            query(new AzureIdentity(identity("shop/x").name(), "recreated", 1, false, credential)),
            query(
                new AzureIdentity(
                    identity("shop/x").name(), "uid-of-shop/x", 2, false, credential)),
            query(
                withCredential(
                    "shop/x",
                    new Credential.ManagedIdentity(identityId("another"), clientId("x")))),
            query(withCredential("shop/x", secretIn("right"))),
            query(withCredential("shop/x", secretIn("wrong"))),
            new TokenQuery(new TokenQuery.Bound(identity("shop/x")), "https://vault.azure.net"),
            new TokenQuery(
                new TokenQuery.OfNode(new IdentityChoice(clientId("x"), null)), X.resource()),
            new TokenQuery(new TokenQuery.OfNode(IdentityChoice.ANY), X.resource()));
    CachingTokenSource cache = direct(100);

    different.forEach(query -> cache.fetch(query, POD).join());

    assertThat(asked).containsExactlyElementsOf(different);
  }

  private static Credential secretIn(String secret) {
    return new Credential.ClientSecret(
        new Credential.ServicePrincipal(
            "tenant", clientId("x"), name("shop/" + secret), List.of(), null));
  }

  @Test
  void itKeepsNoMoreThanItMay() {
    CachingTokenSource cache = direct(10);
    List<TokenQuery> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(query(identity("shop/x" + i)));
    }
    many.forEach(query -> cache.fetch(query, POD).join());
    asked.clear();

    many.forEach(query -> cache.fetch(query, POD).join());

    assertThat(asked).hasSizeGreaterThanOrEqualTo(190);
  }

  @Test
  void withoutAThreadItIsRefusedAndNotRemembered() {
    CachingTokenSource cache =
        cache(
            task -> {
              throw new RejectedExecutionException();
            },
            10);

    assertThrottled(cache.fetch(X, POD));
    assertThrottled(cache.fetch(X, POD));
    assertThat(asked).isEmpty();
  }

  @Test
  void anExecutorMayRefuseInItsOwnWay() {
    PodIdentityException refusal =
        new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "too many wait");
    boolean[] full = {true};
    CachingTokenSource cache =
        cache(
            task -> {
              if (full[0]) {
                throw refusal;
              }
              task.run();
            },
            10);
    assertFails(cache.fetch(X, POD), refusal);

    full[0] = false;

    assertThat(cache.fetch(X, POD).join()).hasSize(1);
  }

  @Test
  void itKeepsAtLeastOne() {
    assertThatThrownBy(() -> direct(0)).isInstanceOf(IllegalArgumentException.class);
  }

  private CachingTokenSource cache(Executor executor, int maxEntries) {
    ManualTimer timer = new ManualTimer();
    FetchQueue queue =
        new FetchQueue(this::fetch, executor, timer, clock, CacheFixture.NO_LIMITS, Telemetry.NOOP);
    return new CachingTokenSource(queue, clock, timer, CacheBounds.of(maxEntries), Telemetry.NOOP);
  }

  private CachingTokenSource direct(int maxEntries) {
    return cache(Runnable::run, maxEntries);
  }

  private List<AccessToken> fetch(TokenQuery query) {
    asked.add(query);
    return source.apply(query);
  }

  private List<AccessToken> hour() {
    return List.of(token("token", clock.instant().plus(Duration.ofHours(1))));
  }

  private List<AccessToken> after(CountDownLatch release) {
    await(release);
    return hour();
  }

  private static TokenQuery query(AzureIdentity identity) {
    return new TokenQuery(new TokenQuery.Bound(identity), "https://management.azure.com/");
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new AssertionError("not in time");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static void assertFails(CompletableFuture<?> future, Throwable cause) {
    assertThatThrownBy(future::join).isInstanceOf(CompletionException.class).hasCause(cause);
  }

  private static final class Keeping extends Handler {
    private final List<LogRecord> records;

    Keeping(List<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord logged) {
      records.add(logged);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static void assertThrottled(CompletableFuture<?> future) {
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED));
  }
}
