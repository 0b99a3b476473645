package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.token;
import static io.podidentity.api.token.CacheFixture.JOB;
import static io.podidentity.api.token.CacheFixture.START;
import static io.podidentity.api.token.CacheFixture.WEB;
import static io.podidentity.api.token.CacheFixture.X;
import static io.podidentity.api.token.CacheFixture.Y;
import static io.podidentity.api.token.CacheFixture.limits;
import static io.podidentity.api.token.CacheFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sources that do not answer. While one is asked, time passes on its own thread, mostly. */
class LongestFetchTest {
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final FetchLimits ONE_AT_ONCE =
      FetchLimits.IMDS
          .withPerSecond(0)
          .withAtOnce(1, 1)
          .withWaiting(50, 50)
          .withLongestFetch(LONGEST);

  private final ManualClock clock = new ManualClock(START);
  private final ManualTimer timer = new ManualTimer();
  private final QueuedExecutor threads = new QueuedExecutor();
  private final List<TokenQuery> asked = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final FetchQueue queue =
      new FetchQueue(this::fetch, threads, timer, clock, limits(ONE_AT_ONCE), new Told());
  private Function<TokenQuery, List<AccessToken>> source = query -> tokens();

  @AfterEach
  void end() {
    pool.shutdownNow();
    // Left to the next test it would be interrupted for nothing.
    assertThat(Thread.interrupted()).isFalse();
  }

  /** Of that it is told, and not of how the source ended, though that comes first here. */
  @Test
  void fetchThatTakesTooLongIsInterruptedAndItsCallerToldToComeAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    boolean[] ended = {false};
    Telemetry patient =
        new Telemetry() {
          @Override
          public void tokenFetchFailed(
              TokenQuery query, Duration waited, Duration took, RuntimeException error) {
            ended[0] = isEnded(pool);
          }
        };
    FetchQueue stuck =
        new FetchQueue(
            query -> {
              begun.countDown();
              throw interrupted();
            },
            pool,
            timer,
            clock,
            limits(ONE_AT_ONCE),
            patient);
    CompletableFuture<?> answer = stuck.fetch(X, WEB);
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

    pass(LONGEST.minusMillis(1));
    assertThat(answer).isNotDone();
    pass(Duration.ofMillis(1));

    assertThat(ended).containsExactly(true);
    assertThat(answer).isDone();
    assertThat(refusal(answer).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(refusal(answer).reason().isTransient()).isTrue();
  }

  @Test
  void itIsToldOnceAndItsPlaceIsTheNexts() {
    boolean[] interrupted = {false};
    source =
        query -> {
          pass(LONGEST);
          interrupted[0] = Thread.currentThread().isInterrupted();
          throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "interrupted");
        };
    CompletableFuture<?> late = queue.fetch(X, WEB);
    threads.runNext();

    source = query -> tokens();
    CompletableFuture<?> next = queue.fetch(Y, WEB);
    threads.runAll();

    assertThat(interrupted).containsExactly(true);
    assertThat(refusal(late).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(next).isCompleted();
    assertThat(told).containsExactly("failed token-unavailable waited PT0S took PT20S", "fetched");
    assertThat(timer.pending()).isZero();
  }

  @Test
  void sourceThatHeedsNoInterruptKeepsItsPlaceAndNobodyWaitsForItForEver() {
    List<CompletableFuture<?>> others = new ArrayList<>();
    List<Integer> begun = new ArrayList<>();
    source =
        query -> {
          pass(LONGEST);
          others.add(queue.fetch(Y, JOB));
          begun.add(threads.queued());
          pass(Duration.ofSeconds(10));
          return tokens();
        };
    CompletableFuture<?> late = queue.fetch(X, WEB);

    threads.runNext();

    assertThat(begun).as("its place is not free").containsExactly(0);
    assertThat(refusal(late).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(others).hasSize(1).allMatch(CompletableFuture::isDone);
    assertThat(refusal(others.get(0)).reason()).isEqualTo(ErrorReason.TOKEN_THROTTLED);
    assertThat(asked).containsExactly(X);
    assertThat(told)
        .as("what came too late is nobody's")
        .containsExactly("failed token-unavailable waited PT0S took PT20S", "refused");
  }

  /** As on a machine that stood still: the source would keep its place, and nobody waits. */
  @Test
  void sourceThatBeginsWhenItsTimeIsOverIsInterruptedAtOnce() {
    boolean[] interrupted = {false};
    Timer quick =
        (delay, task) -> {
          task.run();
          return () -> {};
        };
    FetchQueue late =
        new FetchQueue(
            query -> {
              interrupted[0] = Thread.currentThread().isInterrupted();
              return tokens();
            },
            threads,
            quick,
            clock,
            limits(ONE_AT_ONCE),
            Telemetry.NOOP);
    CompletableFuture<?> answer = late.fetch(X, WEB);

    threads.runNext();

    assertThat(refusal(answer).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    assertThat(interrupted).containsExactly(true);
  }

  /** Else who asks on and on would have every place kept by a source that hangs. */
  @Test
  void fetchThatNobodyWaitsForAnyMoreIsInterruptedToo() {
    boolean[] interrupted = {false};
    List<CompletableFuture<?>> answers = new ArrayList<>();
    source =
        query -> {
          answers.get(0).cancel(true);
          pass(LONGEST);
          interrupted[0] = Thread.interrupted();
          return tokens();
        };
    answers.add(queue.fetch(X, WEB));

    threads.runNext();

    assertThat(interrupted).containsExactly(true);
  }

  @Test
  void fetchThatEndsInTimeIsNeitherInterruptedNorRefused() {
    source =
        query -> {
          pass(LONGEST.minusMillis(1));
          return tokens();
        };
    CompletableFuture<?> answer = queue.fetch(X, WEB);
    threads.runNext();
    pass(LONGEST);

    assertThat(answer).isCompleted();
    assertThat(told).containsExactly("fetched");
    assertThat(timer.pending()).isZero();
  }

  /** As where both come at one time. */
  @Test
  void timeThatIsOverWhenTheFetchHasEndedIsNobodys() {
    Timer uncancelled =
        (delay, task) -> {
          Subscription unused = timer.schedule(delay, task);
          return () -> {};
        };
    FetchQueue late =
        new FetchQueue(this::fetch, threads, uncancelled, clock, limits(ONE_AT_ONCE), new Told());
    CompletableFuture<?> answer = late.fetch(X, WEB);
    threads.runNext();
    pass(LONGEST);

    assertThat(answer).isCompleted();
    assertThat(told).containsExactly("fetched");
  }

  @Test
  void itIsRememberedForAMomentAndThenAskedAgain() {
    CachingTokenSource cache =
        new CachingTokenSource(queue, clock, timer, CacheBounds.of(10), new Told());
    source =
        query -> {
          pass(LONGEST);
          return tokens();
        };
    CompletableFuture<?> late = cache.fetch(X, WEB);
    threads.runNext();
    assertThat(refusal(late).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);

    source = query -> tokens();
    CompletableFuture<?> atOnce = cache.fetch(X, WEB);
    assertThat(refusal(atOnce).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    pass(Duration.ofSeconds(1));
    CompletableFuture<?> later = cache.fetch(X, WEB);
    threads.runAll();

    assertThat(later).isCompleted();
  }

  @Test
  void limitIsAMinuteUnlessItIsSaidAndPositive() {
    assertThat(FetchLimits.IMDS.longestFetch()).isEqualTo(Duration.ofMinutes(1));
    assertThat(FetchLimits.ENTRA.longestFetch()).isEqualTo(Duration.ofMinutes(1));
    assertThatThrownBy(() -> FetchLimits.IMDS.withLongestFetch(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("longestFetch");
  }

  private List<AccessToken> fetch(TokenQuery query) {
    asked.add(query);
    return source.apply(query);
  }

  private List<AccessToken> tokens() {
    return List.of(token("t", clock.instant().plusSeconds(3600)));
  }

  /** Waits until nothing runs there any more, and nothing will. */
  private static boolean isEnded(ExecutorService pool) {
    pool.shutdown();
    try {
      return pool.awaitTermination(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts it", e);
    }
  }

  /** Waits to be interrupted, for ever if it is not. */
  private static PodIdentityException interrupted() {
    try {
      new CountDownLatch(1).await();
      throw new AssertionError("nobody counts it down");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new PodIdentityException(ErrorReason.SHUTTING_DOWN, "interrupted", e);
    }
  }

  private void pass(Duration by) {
    clock.advance(by);
    timer.advance(by);
  }

  private final class Told implements Telemetry {
    @Override
    public void tokenFetched(TokenQuery query, Duration waited, Duration took) {
      told.add("fetched");
    }

    @Override
    public void tokenFetchFailed(
        TokenQuery query, Duration waited, Duration took, RuntimeException error) {
      String reason = ((PodIdentityException) error).reason().code();
      told.add("failed " + reason + " waited " + waited + " took " + took);
    }

    @Override
    public void tokenFetchRefused(TokenQuery query) {
      told.add("refused");
    }
  }
}
