package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.fixture.Samples.token;
import static io.podidentity.api.token.CacheFixture.JOB;
import static io.podidentity.api.token.CacheFixture.START;
import static io.podidentity.api.token.CacheFixture.WEB;
import static io.podidentity.api.token.CacheFixture.X;
import static io.podidentity.api.token.CacheFixture.Y;
import static io.podidentity.api.token.CacheFixture.limits;
import static io.podidentity.api.token.CacheFixture.query;
import static io.podidentity.api.token.CacheFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token service is asked, and when; whose turn it is is {@link LaneTest}'s. */
class FetchQueueTest {
  private final ManualClock clock = new ManualClock(START);
  private final ManualTimer timer = new ManualTimer();
  private final QueuedExecutor threads = new QueuedExecutor();
  private final List<TokenQuery> asked = new ArrayList<>();
  private final Reports reports = new Reports();
  private CompletableFuture<List<AccessToken>> next =
      CompletableFuture.completedFuture(List.of(token("t", START)));

  @Test
  void itAsksEachTime() {
    FetchQueue queue = queue(FetchLimits.IMDS);

    CompletableFuture<List<AccessToken>> first = queue.fetch(X, WEB);
    CompletableFuture<List<AccessToken>> second = queue.fetch(X, WEB);
    threads.runAll();

    assertThat(first).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
    assertThat(second).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
    assertThat(asked).containsExactly(X, X);
  }

  @Test
  void whatFailsIsTold() {
    next =
        CompletableFuture.failedFuture(
            new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "away"));
    var unused = queue(FetchLimits.IMDS).fetch(X, WEB);

    threads.runAll();

    assertThat(reports.failed).containsExactly(X);
    assertThat(reports.fetched).isEmpty();
  }

  /** It would be a read of a Secret for nothing. */
  @Test
  void whatIsNotKeptNeedsNoFingerprint() {
    TokenSource source =
        new TokenSource() {
          @Override
          public List<AccessToken> fetch(TokenQuery query) {
            return next.join();
          }

          @Override
          public String fingerprint(TokenQuery query) {
            throw new AssertionError("nobody compares it");
          }
        };
    FetchQueue queue = queue(source, threads, FetchLimits.IMDS);
    CompletableFuture<List<AccessToken>> answer = queue.fetch(X, WEB);

    threads.runAll();

    assertThat(answer).isCompletedWithValueMatching(tokens -> tokens.size() == 1);
  }

  /** A flood of one pod must not keep what another one asks for too. */
  @Test
  void aFetchIsMadeWhenTheFirstOfThoseWhoWaitForItHasItsTurn() {
    CachingTokenSource cache =
        new CachingTokenSource(
            queue(FetchLimits.IMDS.withPerSecond(0).withAtOnce(5, 1).withWaiting(50, 50)),
            clock,
            timer,
            CacheBounds.of(10),
            reports);
    var unused = cache.fetch(X, WEB);
    CompletableFuture<List<AccessToken>> ofWeb = cache.fetch(Y, WEB);
    assertThat(threads.queued()).as("one of WEB's at once").isOne();

    CompletableFuture<List<AccessToken>> ofJob = cache.fetch(Y, JOB);
    assertThat(threads.queued()).isEqualTo(2);
    threads.runNewest();

    assertThat(ofJob).isCompleted();
    assertThat(ofWeb).isCompleted();
    assertThat(asked).containsExactly(Y);
  }

  /** In any second, wherever it begins: the service may count as it likes. */
  @ParameterizedTest
  @CsvSource({"50, 4", "10, 5"})
  void noSecondHoldsMoreThanTwenty(int pods, int seconds) {
    FetchQueue queue = queue(FetchLimits.IMDS);
    List<Duration> times = new ArrayList<>();
    for (int pod = 0; pod < pods; pod++) {
      for (int i = 0; i < 100 / pods; i++) {
        var unused = queue.fetch(query("shop/x" + i), name("shop/pod" + pod));
      }
    }
    for (Duration now = Duration.ZERO; times.size() < 100; now = now.plusMillis(10)) {
      int before = asked.size();
      threads.runAll();
      for (int i = before; i < asked.size(); i++) {
        times.add(now);
      }
      timer.advance(Duration.ofMillis(10));
      assertThat(now).isLessThan(Duration.ofSeconds(20));
    }

    for (int i = 20; i < times.size(); i++) {
      assertThat(times.get(i).minus(times.get(i - 20))).isGreaterThan(Duration.ofSeconds(1));
    }
    // And they are not wasted, but for the share that is kept where few pods have all the others.
    assertThat(times.get(99)).isLessThanOrEqualTo(Duration.ofMillis(seconds * 1020L));
  }

  /** As on a starved node: calls that begin a second apart reach the service together. */
  @Test
  void callsThatAreHeldUpOnTheirWayCountWhenTheyArrive() {
    List<Instant> arrivals = new ArrayList<>();
    Executor starved =
        task -> timer.schedule(Duration.ofMillis(arrivals.size() < 5 ? 900 : 1), task);
    TokenSource service =
        query -> {
          arrivals.add(clock.instant());
          return next.join();
        };
    FetchQueue queue = queue(service, starved, FetchLimits.IMDS);
    for (int i = 0; i < 60; i++) {
      var unused = queue.fetch(X, name("shop/pod" + i));
    }

    for (int millis = 0; millis < 5000; millis++) {
      pass(Duration.ofMillis(1));
    }

    assertThat(arrivals).hasSize(60);
    for (int i = 20; i < arrivals.size(); i++) {
      assertThat(Duration.between(arrivals.get(i - 20), arrivals.get(i)))
          .isGreaterThan(Duration.ofSeconds(1));
    }
  }

  /** Whose continuation may take its time. */
  @Test
  void theNextFetchBeginsBeforeAnybodyIsToldOfTheOneThatEnded() {
    FetchQueue queue = queue(FetchLimits.IMDS.withAtOnce(1, 1).withWaiting(50, 50));
    List<Integer> begun = new ArrayList<>();
    CompletableFuture<?> told =
        queue.fetch(X, WEB).thenRun(() -> begun.add(threads.queued() + asked.size()));
    var unused = queue.fetch(Y, WEB);

    threads.runNext();

    assertThat(told).isCompleted();
    assertThat(begun).containsExactly(2);
  }

  /** As where a token does not tell whose it is: one more of the twenty, and not faster. */
  @Test
  void furtherCallOfAFetchIsCountedAndItsWaitIsNotTheServices() {
    List<Instant> calls = new CopyOnWriteArrayList<>();
    TokenSource twice =
        source(
            budget -> {
              calls.add(clock.instant());
              budget.takeAnother();
              calls.add(clock.instant());
            });
    ExecutorService pool = Executors.newCachedThreadPool();
    try {
      FetchQueue queue =
          queue(
              twice,
              pool,
              FetchLimits.IMDS
                  .withPerSecond(1)
                  .withAtOnce(1, 1)
                  .withWaiting(50, 50)
                  .withLongestWait(seconds(60)));
      CompletableFuture<?> token = queue.fetch(X, WEB);
      // The ends of its wait, of the fetch, and of the second.
      await(() -> timer.pending() == 3);
      assertThat(calls).hasSize(1);

      pass(Duration.ofMillis(1001));

      assertThat(token).succeedsWithin(seconds(20));
      assertThat(Duration.between(calls.get(0), calls.get(1))).isEqualTo(Duration.ofMillis(1001));
      assertThat(reports.fetched).isEqualTo("waited PT1.001S took PT0S");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void furtherCallThatWaitsTooLongIsToldToComeAgainAndStopsNobodyElse() {
    TokenSource twice = source(TokenSource.Budget::takeAnother);
    FetchQueue queue =
        queue(
            twice,
            threads,
            FetchLimits.IMDS
                .withPerSecond(1)
                .withAtOnce(5, 5)
                .withWaiting(50, 50)
                .withLongestWait(Duration.ofMillis(1)));
    CompletableFuture<?> token = queue.fetch(X, WEB);

    threads.runNext();

    assertThat(refusal(token).reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED);
    assertThat(refusal(token).retryAfter()).contains(seconds(1));
    // The service said nothing, and is not left alone: what waits is a second's end.
    assertThat(timer.pending()).isEqualTo(1);
    // And a call that was not made is no other's.
    pass(Duration.ofMillis(1001));
    var unused = List.of(queue.fetch(Y, WEB), queue.fetch(Y, WEB));
    assertThat(threads.queued()).isEqualTo(1);
  }

  /** It is the budget's: nothing is known about the service, and another second may have room. */
  @Test
  void aFurtherCallThatIsRefusedIsNoFailureOfTheServiceAndNotRemembered() {
    FetchQueue queue =
        queue(
            source(TokenSource.Budget::takeAnother),
            threads,
            FetchLimits.IMDS
                .withPerSecond(1)
                .withAtOnce(5, 5)
                .withWaiting(50, 50)
                .withLongestWait(Duration.ofMillis(1)));
    CachingTokenSource cache =
        new CachingTokenSource(queue, clock, timer, CacheBounds.of(10), reports);
    CompletableFuture<?> refused = cache.fetch(X, WEB);
    threads.runNext();
    assertThat(refusal(refused).reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED);

    assertThat(reports.refused).containsExactly(X);
    assertThat(reports.failed).isEmpty();
    assertThat(cache.fetch(X, WEB)).isNotDone();
  }

  @Test
  void whoIsInterruptedWaitingForAFurtherCallGivesUp() {
    FetchQueue queue =
        queue(
            source(TokenSource.Budget::takeAnother),
            threads,
            FetchLimits.IMDS
                .withPerSecond(1)
                .withAtOnce(1, 1)
                .withWaiting(50, 50)
                .withLongestWait(seconds(60)));
    CompletableFuture<?> token = queue.fetch(X, WEB);

    boolean stillInterrupted;
    Thread.currentThread().interrupt();
    try {
      threads.runNext();
    } finally {
      stillInterrupted = Thread.interrupted();
    }

    assertThat(stillInterrupted).isTrue();
    assertThat(refusal(token).reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
    assertThat(reports.failed).isEmpty();
  }

  @Test
  void whatNoThreadTookIsNotSpent() {
    FetchQueue queue = queue(FetchLimits.IMDS);
    threads.reject(20);
    for (int i = 0; i < 20; i++) {
      assertThat(refusal(queue.fetch(X, WEB)).reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED);
    }

    CompletableFuture<?> token = queue.fetch(X, WEB);
    threads.runAll();

    assertThat(token).isCompleted();
  }

  @Test
  void whatAnExecutorRefusesInItsOwnWayIsNotSpentEither() {
    int[] refusals = {20};
    Executor own =
        task -> {
          if (refusals[0]-- > 0) {
            throw new IllegalStateException("full");
          }
          threads.execute(task);
        };
    FetchQueue queue = queue(this::fetch, own, FetchLimits.IMDS);
    for (int i = 0; i < 20; i++) {
      assertThat(queue.fetch(X, WEB)).isCompletedExceptionally();
    }

    CompletableFuture<?> token = queue.fetch(X, WEB);
    threads.runAll();

    assertThat(token).isCompleted();
  }

  @Test
  void noMoreThanFiveAreUnderWay() {
    FetchQueue queue = queue(FetchLimits.IMDS);
    for (int i = 0; i < 20; i++) {
      var unused = queue.fetch(X, name("shop/pod" + i));
    }

    assertThat(threads.queued()).isEqualTo(5);
    assertThat(reports.load).isEqualTo("imds 15 5");
  }

  /** As at the end of the program: the timer ends while fetches are under way. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTimerThatTakesNoMoreEndsWhatWaitsAndNothingElse(boolean throttled) {
    AtomicBoolean ended = new AtomicBoolean();
    Timer ending =
        (delay, task) -> {
          if (ended.get()) {
            throw new RejectedExecutionException("ended");
          }
          return timer.schedule(delay, task);
        };
    FetchQueue queue =
        new FetchQueue(
            this::fetch,
            threads,
            ending,
            clock,
            limits(FetchLimits.IMDS.withAtOnce(1, 1).withWaiting(50, 50)),
            reports);
    if (throttled) {
      next =
          CompletableFuture.failedFuture(
              new PodIdentityException(ErrorReason.TOKEN_THROTTLED, "429", seconds(3), null));
    }
    CompletableFuture<?> underWay = queue.fetch(X, WEB);
    List<CompletableFuture<?>> waiting = List.of(queue.fetch(X, JOB), queue.fetch(Y, JOB));

    ended.set(true);
    assertThatCode(threads::runAll).doesNotThrowAnyException();

    assertThat(underWay).isDone();
    assertThat(underWay.isCompletedExceptionally()).isEqualTo(throttled);
    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(reports.load).isEqualTo("imds 0 0");
  }

  @Test
  void oneThatWaitsTooLongIsToldToComeAgain() {
    FetchQueue queue = queue(FetchLimits.IMDS.withAtOnce(1, 1).withWaiting(50, 50));
    var unused = queue.fetch(X, WEB);
    CompletableFuture<?> waiting = queue.fetch(Y, WEB);

    pass(seconds(10).minusMillis(1));
    assertThat(waiting).isNotDone();
    pass(Duration.ofMillis(1));

    assertThat(refusal(waiting).reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED);
    assertThat(refusal(waiting).retryAfter()).isPresent();
    assertThat(reports.refused).containsExactly(Y);
    assertThat(reports.load).isEqualTo("imds 0 1");
  }

  @Test
  void aFullQueueTellsWhenItWillHaveRoom() {
    FetchQueue queue = queue(FetchLimits.IMDS.withAtOnce(1, 1).withWaiting(100, 60));
    for (int i = 0; i < 61; i++) {
      var unused = queue.fetch(X, WEB);
    }

    CompletableFuture<?> tooMuch = queue.fetch(Y, WEB);

    assertThat(refusal(tooMuch).reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED);
    assertThat(refusal(tooMuch).retryAfter()).contains(seconds(4));
    assertThat(asked).doesNotContain(Y);
  }

  @Test
  void whoHangsUpLeavesTheQueue() {
    FetchQueue queue = queue(FetchLimits.IMDS.withAtOnce(1, 1).withWaiting(50, 50));
    var unused = queue.fetch(X, WEB);
    CompletableFuture<?> waiting = queue.fetch(Y, WEB);

    waiting.cancel(true);
    threads.runAll();

    assertThat(asked).containsExactly(X);
    assertThat(reports.load).isEqualTo("imds 0 0");
  }

  @Test
  void aServiceThatThrottlesIsLeftAloneForAll() {
    FetchQueue queue = queue(FetchLimits.IMDS);
    next =
        CompletableFuture.failedFuture(
            new PodIdentityException(ErrorReason.TOKEN_THROTTLED, "429", seconds(3), null));
    var unused = queue.fetch(X, WEB);
    threads.runAll();
    next = CompletableFuture.completedFuture(List.of(token("t", START)));

    CompletableFuture<?> other = queue.fetch(Y, JOB);
    pass(seconds(3).minusMillis(1));
    threads.runAll();
    assertThat(other).isNotDone();
    pass(Duration.ofMillis(1));
    threads.runAll();

    assertThat(other).isCompleted();
  }

  @Test
  void otherFailuresConcernTheirOwnQueryOnly() {
    FetchQueue queue = queue(FetchLimits.IMDS);
    next =
        CompletableFuture.failedFuture(
            new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "400", seconds(60), null));
    var unused = queue.fetch(X, WEB);
    threads.runAll();
    next = CompletableFuture.completedFuture(List.of(token("t", START)));

    CompletableFuture<?> other = queue.fetch(Y, JOB);
    threads.runAll();

    assertThat(other).isCompleted();
  }

  @Test
  void eachServiceHasABudgetOfItsOwn() {
    FetchQueue queue = queue(FetchLimits.IMDS.withAtOnce(1, 1).withWaiting(1, 1));
    for (int i = 0; i < 3; i++) {
      var unused = queue.fetch(X, WEB);
    }
    TokenQuery entra =
        new TokenQuery(new TokenQuery.Bound(servicePrincipal("shop/sp")), X.resource());

    CompletableFuture<?> token = queue.fetch(entra, WEB);
    threads.runNewest();

    assertThat(token).isCompleted();
  }

  /**
   * A pod that asks 1,000 times a second, each time for another token, and other pods that then ask
   * for their first. Where answers are quick, all that a second holds is soon spent.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 400})
  void onePodsFloodSlowsNobodysFirstToken(int latency) {
    List<Long> waited = firstTokensInAFlood(slow(this::fetch, latency), START);

    assertThat(waited).hasSizeGreaterThanOrEqualTo(8).allMatch(millis -> millis < 1000);
    assertThat(reports.refused).hasSizeGreaterThan(4000);
  }

  /** Two of a second's calls are kept for such; the third pod has one of those that come next. */
  @Test
  void thirdPodThatComesInASecondOfAFloodHasItsFirstTokenWithinASecondToo() {
    FetchQueue queue = slow(this::fetch, 1);
    for (int i = 0; i < 30; i++) {
      var unused = queue.fetch(query("shop/flood" + i), WEB);
    }
    while (asked.size() < 18) {
      pass(Duration.ofMillis(1));
    }

    Instant start = clock.instant();
    List<Long> waited = new ArrayList<>();
    for (int pod = 0; pod < 3; pod++) {
      var unused =
          queue
              .fetch(query("shop/first" + pod), name("shop/pod" + pod))
              .thenRun(() -> waited.add(Duration.between(start, clock.instant()).toMillis()));
    }
    for (int millis = 0; millis < 1000; millis++) {
      pass(Duration.ofMillis(1));
    }

    assertThat(waited).hasSize(3);
  }

  /** Whoever comes during the rest, which is the service's, waits for its end and no longer. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50})
  void aFloodThatMeetsARestSlowsNobodysFirstTokenAfterIt(int latency) {
    Instant rested = START.plusSeconds(8);
    TokenSource throttling =
        query -> {
          Instant now = clock.instant();
          if (now.isAfter(START.plusSeconds(4)) && now.isBefore(rested)) {
            throw new PodIdentityException(
                ErrorReason.TOKEN_THROTTLED, "429", Duration.between(now, rested), null);
          }
          return fetch(query);
        };

    List<Long> waited = firstTokensInAFlood(slow(throttling, latency), rested);

    assertThat(waited).hasSizeGreaterThanOrEqualTo(8).allMatch(millis -> millis < 1000);
  }

  /**
   * How many milliseconds other pods wait, from that time on. Within a second no more come than a
   * share is kept for: some at any time, others when the flooding pod has had all that it gets.
   */
  private List<Long> firstTokensInAFlood(FetchQueue queue, Instant from) {
    List<Long> waited = new ArrayList<>();
    List<Integer> came = new ArrayList<>(List.of(0));
    int spent = 0;
    for (int millis = 0; millis < 20_000; millis++) {
      for (int i = 0; i < 50 && millis % 50 == 0; i++) {
        var unused = queue.fetch(query("shop/flood" + millis + "-" + i), WEB);
      }
      int before = asked.size();
      pass(Duration.ofMillis(1));
      boolean isSpent =
          asked.size() == before && asked.size() > spent && reports.load.endsWith(" 0");
      spent = isSpent ? asked.size() : spent;
      boolean isTime = millis >= 6000 && millis < 18_000 && millis - came.get(0) > 600;
      if (isTime && (isSpent || millis % 733 == 0)) {
        came.add(0, millis);
        Instant now = clock.instant();
        Instant start = now.isBefore(from) ? from : now;
        var unusedToken =
            queue
                .fetch(query("shop/first" + millis), name("shop/pod" + millis))
                .thenRun(() -> waited.add(Duration.between(start, clock.instant()).toMillis()));
      }
    }
    assertThat(waited).hasSize(came.size() - 1);
    return waited;
  }

  /** Before a service that takes so many milliseconds. */
  private FetchQueue slow(TokenSource service, int latency) {
    Executor threads = task -> timer.schedule(Duration.ofMillis(latency), task);
    return queue(service, threads, FetchLimits.IMDS);
  }

  private FetchQueue queue(FetchLimits imds) {
    return queue(this::fetch, threads, imds);
  }

  private FetchQueue queue(TokenSource service, Executor executor, FetchLimits imds) {
    return new FetchQueue(service, executor, timer, clock, limits(imds), reports);
  }

  /** One that does that with its budget. */
  private TokenSource source(Consumer<TokenSource.Budget> calling) {
    return new TokenSource() {
      @Override
      public List<AccessToken> fetch(TokenQuery query) {
        throw new AssertionError("its calls are not counted");
      }

      @Override
      public List<AccessToken> fetch(TokenQuery query, Budget budget) {
        calling.accept(budget);
        return next.join();
      }
    };
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + seconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private List<AccessToken> fetch(TokenQuery query) {
    asked.add(query);
    try {
      return next.join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private void pass(Duration by) {
    clock.advance(by);
    timer.advance(by);
  }

  private static Duration seconds(int count) {
    return Duration.ofSeconds(count);
  }

  private static final class Reports implements Telemetry {
    final List<TokenQuery> refused = new ArrayList<>();
    final List<TokenQuery> failed = new ArrayList<>();
    String load = "";
    String fetched = "";

    @Override
    public void tokenFetched(TokenQuery query, Duration waited, Duration took) {
      fetched = "waited " + waited + " took " + took;
    }

    @Override
    public void tokenFetchFailed(
        TokenQuery query, Duration waited, Duration took, RuntimeException error) {
      failed.add(query);
    }

    @Override
    public void tokenFetches(TokenService service, int waiting, int underWay) {
      load = service.code() + " " + waiting + " " + underWay;
    }

    @Override
    public void tokenFetchRefused(TokenQuery query) {
      refused.add(query);
    }
  }
}
