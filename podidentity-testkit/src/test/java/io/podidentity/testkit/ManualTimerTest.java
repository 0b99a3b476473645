package io.podidentity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.podidentity.api.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ManualTimerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final List<String> ran = new ArrayList<>();
  private final ManualTimer timer = new ManualTimer();

  @Test
  void nothingRunsBeforeItsTime() {
    timer.schedule(SECOND, () -> ran.add("task"));

    timer.advance(SECOND.minusNanos(1));
    assertThat(ran).isEmpty();
    assertThat(timer.pending()).isEqualTo(1);

    timer.advance(Duration.ofNanos(1));
    assertThat(ran).containsExactly("task");
    assertThat(timer.pending()).isZero();
  }

  @Test
  void tasksRunInTheOrderOfTheirTimeAndThenOfTheirScheduling() {
    timer.schedule(SECOND.multipliedBy(2), () -> ran.add("last"));
    timer.schedule(SECOND, () -> ran.add("first"));
    timer.schedule(SECOND, () -> ran.add("second"));

    timer.advance(SECOND.multipliedBy(5));

    assertThat(ran).containsExactly("first", "second", "last");
  }

  @Test
  void taskThatSchedulesAnotherSeesItRunOnTheWay() {
    timer.schedule(
        SECOND,
        () -> {
          ran.add("one");
          timer.schedule(SECOND, () -> ran.add("two"));
          timer.schedule(SECOND.multipliedBy(9), () -> ran.add("too late"));
        });

    timer.advance(SECOND.multipliedBy(2));

    assertThat(ran).containsExactly("one", "two");
    assertThat(timer.pending()).isEqualTo(1);
  }

  @Test
  void cancelledTaskDoesNotRun() {
    Subscription task = timer.schedule(SECOND, () -> ran.add("task"));
    task.close();
    task.close();

    timer.advance(SECOND);

    assertThat(ran).isEmpty();
  }

  @Test
  void taskWithoutDelayRunsWithTheNextAdvance() {
    timer.schedule(Duration.ZERO, () -> ran.add("zero"));
    timer.schedule(SECOND.negated(), () -> ran.add("negative"));
    assertThat(ran).isEmpty();

    timer.advance(Duration.ZERO);

    assertThat(ran).containsExactly("zero", "negative");
  }

  @Test
  void clockShowsEachTaskItsTimeAndThenTheEnd() {
    MutableClock clock = MutableClock.startingAt(Instant.EPOCH);
    ManualTimer withClock = new ManualTimer(clock);
    withClock.schedule(SECOND, () -> ran.add(clock.instant().toString()));

    withClock.advance(SECOND.multipliedBy(3));

    assertThat(ran).containsExactly("1970-01-01T00:00:01Z");
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plusSeconds(3));
  }

  @Test
  void timerDoesNotGoBack() {
    assertThatIllegalArgumentException().isThrownBy(() -> timer.advance(SECOND.negated()));
  }
}
