package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The documented limits, in a time that the test moves. */
class ArmLimitsTest {
  private static final ArmCaller CALLER = new ArmCaller("client", "principal");

  private final ArmThrottling throttling = new ArmThrottling();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  ArmLimitsTest() {
    throttling.limits(ArmLimits.DOCUMENTED);
  }

  @Test
  void aResourceTakesTwelveWritesAndThenFourAMinute() {
    assertThat(taken(scaleSet(0), true, 100)).isEqualTo(12);
    assertThat(throttling.refused()).isEqualTo(88);

    now = now.plusSeconds(60);
    assertThat(taken(scaleSet(0), true, 100)).isEqualTo(4);
    assertThat(throttling.refused()).isEqualTo(184);
    now = now.plus(Duration.ofHours(1));
    assertThat(taken(scaleSet(0), true, 100)).isEqualTo(12);
  }

  @Test
  void aResourceTakesThirtySixReadsAndThenTwelveAMinute() {
    assertThat(taken(scaleSet(0), false, 100)).isEqualTo(36);

    now = now.plusSeconds(60);
    assertThat(taken(scaleSet(0), false, 100)).isEqualTo(12);
  }

  @Test
  void oneResourceIsNothingToAnother() {
    taken(scaleSet(0), true, 100);

    assertThat(taken(scaleSet(1), true, 100)).isEqualTo(12);
  }

  @Test
  void aCallerHasTwoHundredWritesInASubscriptionAndThenTenASecond() {
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += taken(scaleSet(i), true, 12);
    }
    assertThat(taken).isEqualTo(200);

    now = now.plusSeconds(1);
    assertThat(taken(scaleSet(200), true, 12)).isEqualTo(10);
  }

  @Test
  void aRefusalSaysHowLongAndWhose() {
    taken(scaleSet(0), true, 12);
    Reply ofResource = throttling.admit(scaleSet(0), true, CALLER, now);
    assertThat(ofResource).isNotNull();
    assertThat(ofResource.status()).isEqualTo(429);
    assertThat(ofResource.headers()).containsEntry("Retry-After", "15");

    for (int i = 1; i < 100; i++) {
      taken(scaleSet(i), true, 12);
    }
    Reply ofSubscription = throttling.admit(scaleSet(300), true, CALLER, now);
    assertThat(ofSubscription).isNotNull();
    assertThat(ofSubscription.headers())
        .containsEntry("x-ms-ratelimit-remaining-subscription-writes", "0")
        .containsEntry("Retry-After", "1");
  }

  @Test
  void pollingIsARead() {
    int taken = 0;
    while (throttling.admitPolling("sub", CALLER, now) == null) {
      taken++;
    }
    assertThat(taken).isEqualTo(250);
  }

  @Test
  void withoutLimitsAllIsTaken() {
    throttling.limits(null);

    assertThat(taken(scaleSet(0), true, 1000)).isEqualTo(1000);
  }

  @Test
  void aBucketServesSomebody() {
    assertThatThrownBy(() -> new ArmLimits.Bucket(0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ArmLimits.Bucket(1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private int taken(ArmId id, boolean write, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += throttling.admit(id, write, CALLER, now) == null ? 1 : 0;
    }
    return taken;
  }

  private static ArmId scaleSet(int number) {
    return ArmId.of("sub", "rg", ArmId.SCALE_SET, "set-" + number);
  }
}
