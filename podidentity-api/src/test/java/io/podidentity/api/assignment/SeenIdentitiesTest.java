package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.Samples.machine;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.TargetIdentities;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was seen on targets is forgotten, whether or not they are asked for again. */
class SeenIdentitiesTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final SeenIdentities seen = new SeenIdentities(clock);

  @Test
  void itCountsForThreeMinutes() {
    seen.saw(machine("n1"), TargetIdentities.NONE);

    clock.advance(Duration.ofMinutes(3));
    assertThat(seen.lately(machine("n1"))).isNotNull();
    clock.advance(Duration.ofSeconds(1));
    assertThat(seen.lately(machine("n1"))).isNull();
  }

  /** One that is changed all the time is one at which a MIC that died may be at work. */
  @Test
  void thatOneWasAtRestOnceIsRememberedForAnHour() {
    seen.saw(machine("n1"), new TargetIdentities(Map.of(), true));
    assertThat(seen.wasAtRest(machine("n1"))).isFalse();

    seen.saw(machine("n1"), TargetIdentities.NONE);
    clock.advance(Duration.ofMinutes(30));
    seen.saw(machine("n1"), new TargetIdentities(Map.of(), true));
    seen.forget(machine("n1"));
    clock.advance(Duration.ofMinutes(30));
    assertThat(seen.wasAtRest(machine("n1"))).isTrue();

    clock.advance(Duration.ofSeconds(1));
    assertThat(seen.wasAtRest(machine("n1"))).isFalse();
    assertThat(seen.wasAtRest(machine("n2"))).isFalse();
  }

  @Test
  void whereSomethingIsTakenOffItHasToBeSeenAnew() {
    seen.saw(machine("n1"), TargetIdentities.NONE);

    seen.takesOff(machine("n1"));

    assertThat(seen.lately(machine("n1"))).isNull();
    assertThat(seen.wasAtRest(machine("n1"))).isFalse();
    seen.saw(machine("n1"), TargetIdentities.NONE);
    assertThat(seen.wasAtRest(machine("n1"))).isTrue();
  }

  @Test
  void machinesThatVanishAreForgotten() {
    int most = 0;
    for (int i = 0; i < 10_000; i++) {
      seen.saw(machine("n" + i), TargetIdentities.NONE);
      clock.advance(Duration.ofSeconds(1));
      most = Math.max(most, seen.size());
    }

    // Those of six minutes, and of 63 that they were at rest.
    assertThat(most).isLessThanOrEqualTo(363 + 3783);
  }
}
