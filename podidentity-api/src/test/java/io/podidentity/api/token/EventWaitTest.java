package io.podidentity.api.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.token.EventWait.Look;
import io.podidentity.api.token.EventWait.Ready;
import io.podidentity.api.token.EventWait.Refused;
import io.podidentity.api.token.EventWait.Undecided;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EventWaitTest {
  private static final Duration SHORT = Duration.ofSeconds(80);
  private static final Duration LONG = Duration.ofSeconds(100);
  private final PodIdentityException refusal =
      new PodIdentityException(ErrorReason.IDENTITY_NOT_BOUND, "not yet");

  private final ManualTimer timer = new ManualTimer();
  private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
  private volatile Supplier<Look<String>> state = () -> new Undecided<>(refusal, SHORT);

  @Test
  void whatIsDecidedAlreadyNeedsNoSubscription() {
    state = () -> new Ready<>("there");
    assertThat(start()).isCompletedWithValue("there");

    state = () -> new Refused<>(refusal);
    assertRefused(start());

    state = () -> new Undecided<>(refusal, Duration.ZERO);
    assertRefused(start());

    assertThat(wakes).isEmpty();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void aChangeDecides() {
    CompletableFuture<String> ready = start();
    wake();
    assertThat(ready).isNotDone();

    state = () -> new Ready<>("now");
    wake();

    assertThat(ready).isCompletedWithValue("now");
    assertNothingLeft();
  }

  @Test
  void aChangeRefuses() {
    CompletableFuture<String> waiting = start();

    state = () -> new Refused<>(refusal);
    wake();

    assertRefused(waiting);
    assertNothingLeft();
  }

  @Test
  void aChangeBetweenTheFirstLookAndTheSubscriptionIsNotLost() {
    CompletableFuture<String> waiting =
        EventWait.until(
            () -> state.get(),
            wake -> {
              state = () -> new Ready<>("in between");
              return () -> {};
            },
            timer,
            SHORT);

    assertThat(waiting).isCompletedWithValue("in between");
    assertThat(timer.pending()).isZero();
  }

  @Test
  void aChangeDuringTheSubscriptionFreesIt() {
    CompletableFuture<String> waiting =
        EventWait.until(
            () -> state.get(),
            wake -> {
              Subscription subscription = subscribe(wake);
              state = () -> new Ready<>("early");
              wake.run();
              return subscription;
            },
            timer,
            SHORT);

    assertThat(waiting).isCompletedWithValue("early");
    assertNothingLeft();
  }

  @Test
  void itIsRefusedWhenTheHoldEndsAndNotBefore() {
    CompletableFuture<String> waiting = start();

    timer.advance(SHORT.minusMillis(1));
    assertThat(waiting).isNotDone();
    timer.advance(Duration.ofMillis(1));

    assertRefused(waiting);
    assertNothingLeft();
  }

  @Test
  void aHoldThatGrowsIsKeptToItsNewEnd() {
    CompletableFuture<String> waiting = start();
    timer.advance(SHORT.minusSeconds(1));

    state = () -> new Undecided<>(refusal, LONG);
    wake();
    timer.advance(LONG.minus(SHORT));
    assertThat(waiting).isNotDone();
    timer.advance(Duration.ofSeconds(1));

    assertRefused(waiting);
    assertNothingLeft();
  }

  @Test
  void aHoldThatShrinksEndsAtItsNewEnd() {
    state = () -> new Undecided<>(refusal, LONG);
    CompletableFuture<String> waiting = start();
    timer.advance(Duration.ofSeconds(1));

    state = () -> new Undecided<>(refusal, SHORT);
    wake();
    timer.advance(SHORT.minusSeconds(1));

    assertRefused(waiting);
    assertNothingLeft();
  }

  @Test
  void aHoldThatShrinksBelowWhatHasPassedEndsAtOnce() {
    state = () -> new Undecided<>(refusal, LONG);
    CompletableFuture<String> waiting = start();
    timer.advance(SHORT.plusSeconds(1));
    assertThat(waiting).isNotDone();

    state = () -> new Undecided<>(refusal, SHORT);
    wake();

    assertRefused(waiting);
    assertNothingLeft();
  }

  @Test
  void cancellingFreesAll() {
    CompletableFuture<String> waiting = start();
    assertThat(wakes).hasSize(1);

    waiting.cancel(false);

    assertNothingLeft();
  }

  @Test
  void anErrorInALookEndsTheWait() {
    IllegalStateException error = new IllegalStateException("broken directory");
    CompletableFuture<String> byChange = start();
    CompletableFuture<String> byTime = start();
    state =
        () -> {
          throw error;
        };
    assertThat(start()).isCompletedExceptionally();

    wakes.get(0).run();
    assertThat(byChange).isCompletedExceptionally();
    assertThat(byTime).isNotDone();
    timer.advance(SHORT);

    assertThat(byTime.handle((value, e) -> e).join()).isEqualTo(error);
    assertNothingLeft();
  }

  /** Not an exception: a class of a part that cannot be loaded, say. */
  @Test
  void whatWasSubscribedToIsFreedAlsoWhereTheTimerIsBroken() {
    CompletableFuture<String> waiting =
        EventWait.until(
            () -> state.get(),
            this::subscribe,
            (delay, task) -> {
              throw new NoClassDefFoundError("timer");
            },
            SHORT);

    assertThat(waiting).isCompletedExceptionally();
    assertNothingLeft();
  }

  @Test
  void anErrorInSubscribingEndsTheWait() {
    CompletableFuture<String> waiting =
        EventWait.until(
            () -> state.get(),
            wake -> {
              throw new IllegalStateException("no");
            },
            timer,
            SHORT);

    assertThat(waiting).isCompletedExceptionally();
    assertNothingLeft();
  }

  @Test
  void aTimerThatTakesNoMoreEndsTheWaitAndFreesTheSubscription() {
    CompletableFuture<String> waiting =
        EventWait.until(
            () -> state.get(),
            this::subscribe,
            (delay, task) -> {
              throw new RejectedExecutionException();
            },
            SHORT);

    assertThat(waiting).isCompletedExceptionally();
    assertNothingLeft();
  }

  private CompletableFuture<String> start() {
    return EventWait.until(() -> state.get(), this::subscribe, timer, SHORT, LONG);
  }

  private Subscription subscribe(Runnable wake) {
    wakes.add(wake);
    return () -> wakes.remove(wake);
  }

  private void wake() {
    wakes.forEach(Runnable::run);
  }

  private void assertRefused(CompletableFuture<String> waiting) {
    assertThat(waiting).isCompletedExceptionally();
    assertThat(waiting.handle((value, error) -> error).join()).isEqualTo(refusal);
  }

  private void assertNothingLeft() {
    assertThat(wakes).isEmpty();
    assertThat(timer.pending()).isZero();
  }
}
