package io.podidentity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.spi.Timer;
import io.podidentity.testkit.contract.TimerContract;
import java.time.Duration;
import java.time.Instant;

class ManualTimerContractTest extends TimerContract {
  private final MutableClock clock = MutableClock.startingAt(Instant.EPOCH);
  private final ManualTimer timer = new ManualTimer(clock);

  @Override
  protected Timer timer() {
    return timer;
  }

  @Override
  protected Duration elapsed() {
    return Duration.between(Instant.EPOCH, clock.instant());
  }

  @Override
  protected void pass(Duration time) {
    Instant end = clock.instant().plus(time);
    while (clock.instant().isBefore(end)) {
      try {
        timer.advance(Duration.between(clock.instant(), end));
      } catch (IllegalStateException ofATask) {
        // The timer stands where the task was due.
        assertThat(ofATask).hasMessageContaining("planted");
      }
    }
  }
}
