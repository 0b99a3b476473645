package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What may still come of changes, and for how long. */
class LostChangesTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final MutableClock clock = MutableClock.startingAt(Instant.EPOCH);
  private final LostChanges changes = new LostChanges(clock, HOUR);

  @Test
  void oneIsRememberedUntilItsEndIsToldOrAzureMustHaveEndedIt() {
    changes.begins(machine(1), Set.of("/a"));
    changes.begins(machine(2), Set.of("/b"));
    changes.ended(machine(1));

    assertThat(changes.at(machine(1))).isEmpty();
    assertThat(changes.at(machine(2))).containsExactly("/b");
    clock.advance(HOUR);
    assertThat(changes.at(machine(2))).containsExactly("/b");
    clock.advance(Duration.ofSeconds(1));
    assertThat(changes.at(machine(2))).isEmpty();
  }

  /** Machines that are made for a few pods and are never asked for again. */
  @Test
  void machinesThatVanishAreForgotten() {
    for (int i = 0; i < 10_000; i++) {
      changes.begins(machine(i), Set.of("/a"));
      clock.advance(Duration.ofMinutes(1));
    }

    assertThat(changes.size()).isLessThanOrEqualTo(62);
  }

  private static ComputeTarget machine(int number) {
    return ComputeTarget.virtualMachine("s", "g", "vm-" + number);
  }
}
