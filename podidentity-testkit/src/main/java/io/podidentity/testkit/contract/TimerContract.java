package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Timer} has to do. For one that goes by real time there is nothing to implement but
 * {@link #timer}; one that is moved by hand is moved in {@link #pass}, and tells its own time in
 * {@link #elapsed}.
 */
public abstract class TimerContract {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofMillis(100);

  private final long begin = System.nanoTime();

  /** For subclasses. */
  protected TimerContract() {}

  /** The timer; the same on each call. */
  protected abstract Timer timer();

  /** Lets that much of the timer's time pass, even if a task throws; real time passes by itself. */
  protected void pass(Duration time) {}

  /** How much of the timer's time has passed since some moment before the test. */
  protected Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Test
  void taskRunsOnceAndNotBeforeItsDelay() {
    AtomicReference<Duration> ran = new AtomicReference<>();
    Calls calls = new Calls();
    Duration scheduled = elapsed();
    schedule(
        LONG,
        () -> {
          ran.compareAndSet(null, elapsed());
          calls.run();
        });

    waitFor(Duration.ofMillis(400));

    assertThat(calls.count()).isEqualTo(1);
    assertThat(ran.get()).isGreaterThanOrEqualTo(scheduled.plus(LONG));
  }

  @Test
  void taskWithoutADelayRunsAfterTheCallThatSchedulesIt() {
    ThreadLocal<Boolean> within = ThreadLocal.withInitial(() -> false);
    AtomicReference<Boolean> ranWithin = new AtomicReference<>();
    within.set(true);
    schedule(Duration.ZERO, () -> ranWithin.set(within.get()));
    within.set(false);

    waitFor(SHORT);

    assertThat(ranWithin.get()).isEqualTo(false);
  }

  @Test
  void closedTaskDoesNotRun() {
    Calls calls = new Calls();
    Subscription closed = timer().schedule(LONG, calls);
    closed.close();
    assertThatCode(closed::close).doesNotThrowAnyException();

    waitFor(Duration.ofMillis(200));

    assertThat(calls.count()).isZero();
  }

  @Test
  void taskMayScheduleAnother() {
    Calls calls = new Calls();
    schedule(SHORT, () -> schedule(SHORT, calls));

    pass(LONG);
    Eventually.asserted(() -> assertThat(calls.count()).isEqualTo(1));
  }

  @Test
  void taskThatThrowsStopsNoOther() {
    Calls calls = new Calls();
    schedule(
        SHORT,
        () -> {
          throw new IllegalStateException("planted by the contract of Timer");
        });
    waitFor(LONG);
    schedule(SHORT, calls);

    waitFor(LONG);

    assertThat(calls.count()).isEqualTo(1);
  }

  /** By the timer's own word: what is due before that has run. */
  private void waitFor(Duration time) {
    Calls over = new Calls();
    schedule(time, over);
    pass(time);
    over.awaitAny();
  }

  private void schedule(Duration delay, Runnable task) {
    // Closing it is only for who changes his mind.
    Subscription unused = timer().schedule(delay, task);
  }
}
