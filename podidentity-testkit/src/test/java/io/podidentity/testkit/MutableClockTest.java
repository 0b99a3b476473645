package io.podidentity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class MutableClockTest {
  private static final Instant START = Instant.parse("2020-07-29T00:00:00Z");

  private final MutableClock clock = MutableClock.startingAt(START);

  @Test
  void standsStillUntilMoved() {
    assertThat(clock.instant()).isEqualTo(START);
    clock.advance(Duration.ofHours(1));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(3600));
  }

  @Test
  void viewInAnotherZoneMovesWithIt() {
    Clock view = clock.withZone(ZoneId.of("Europe/Berlin"));
    clock.advance(Duration.ofSeconds(5));
    assertThat(view.instant()).isEqualTo(START.plusSeconds(5));
    assertThat(view.getZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
  }

  @Test
  void runsBackwardsOnlyWhenSet() {
    assertThatThrownBy(() -> clock.advance(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    clock.set(START.minusSeconds(1));
    assertThat(clock.instant()).isEqualTo(START.minusSeconds(1));
  }
}
