package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * MIC through random events of the cluster, hands of others in Azure, changes that take their time
 * and fail in the end, faults, deaths, and clocks that are wrong. At each removal {@link
 * RandomWorld} compares with what it knows of who attached what. {@code -Dpodidentity.worlds=3000}
 * tries more seeds.
 */
class RandomEventsTest {
  private static final int EVENTS = 80;
  private static final int CHECKS_IN_AN_HOUR = 20;

  /** Of one target: four rests after failures, and one for each event of a minute. */
  private static final int CHANGES_IN_A_MINUTE = 15;

  /** Beyond the first ones, one that found something. */
  static LongStream seeds() {
    long first = Long.getLong("podidentity.worlds", 80);
    return LongStream.concat(
        LongStream.range(0, first), LongStream.of(110).filter(seed -> seed >= first));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whateverHappensAllIsAsDesiredInTheEndAndNothingOfOthersIsTakenOff(long seed) {
    RandomWorld world = new RandomWorld(seed);
    assertThatNoException()
        .as(() -> "what happened: " + String.join("\n", world.story()))
        .isThrownBy(() -> live(world));
  }

  /** A failure is of use only as long as its seed brings it back. */
  @Test
  void oneSeedIsOneStory() {
    RandomWorld one = new RandomWorld(1);
    RandomWorld again = new RandomWorld(1);
    live(one);
    live(again);

    assertThat(again.story()).isEqualTo(one.story()).hasSizeGreaterThan(EVENTS);
  }

  private static void live(RandomWorld world) {
    for (int event = 0; event < EVENTS; event++) {
      world.event();
    }

    world.calm();

    world.assertConverged();
    assertThat(world.mostChangesInAMinute())
        .as("changes of a target asked for in a minute")
        .isLessThanOrEqualTo(CHANGES_IN_A_MINUTE);
    int reads = world.reads();
    int calls = world.calls();
    world.pass(Duration.ofHours(1));
    assertThat(world.calls()).as("writes where nothing happens").isEqualTo(calls);
    assertThat(world.reads() - reads)
        .as("looks in an hour")
        .isLessThanOrEqualTo(RandomWorld.TARGETS * (CHECKS_IN_AN_HOUR + 1));
  }
}
