package io.podidentity.azure.arm;

import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import io.podidentity.testkit.MutableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Lets a wait pass at once by moving the clock. */
final class ClockTimer implements Timer {
  private final MutableClock clock;
  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private Duration setBack = Duration.ZERO;

  ClockTimer(MutableClock clock) {
    this.clock = clock;
  }

  /** Somebody sets the clock back so far during the next wait. */
  void setsBackOnce(Duration by) {
    setBack = by;
  }

  /** The waits so far, in order. */
  List<Duration> waits() {
    return List.copyOf(waits);
  }

  @Override
  public Subscription schedule(Duration delay, Runnable task) {
    waits.add(delay);
    clock.advance(delay);
    clock.set(clock.instant().minus(setBack));
    setBack = Duration.ZERO;
    task.run();
    return () -> {};
  }
}
