package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LookPaceTest {
  private final LookPace pace = new LookPace();
  private Duration now = Duration.ofDays(1);

  @Test
  void firstLookIsAtOnce() {
    assertThat(rest()).isZero();
  }

  @Test
  void changesThatComeInABurstAreLookedAtAtOnce() {
    for (int i = 0; i < 20; i++) {
      look(Duration.ofMillis(90));
      assertThat(rest()).as("after look %s", i).isZero();
    }
  }

  @Test
  void slowLookIsNotFollowedByARest() {
    look(Duration.ofMillis(1900));
    assertThat(rest()).isZero();
  }

  @Test
  void changesWithoutEndDoNotKeepItBusy() {
    Duration begin = now;
    int looks = 0;
    while (now.minus(begin).toSeconds() < 60) {
      look(Duration.ofMillis(50));
      looks++;
      pass(rest());
    }
    // A fifth of a minute, and the credit.
    assertThat(looks * 50).isBetween(12_000, 14_500);
  }

  @Test
  void restIsNeverLong() {
    for (int i = 0; i < 5; i++) {
      look(Duration.ofSeconds(30));
    }
    assertThat(rest()).isEqualTo(Duration.ofMillis(250));
    pass(Duration.ofMillis(100));
    assertThat(rest()).isEqualTo(Duration.ofMillis(150));
    pass(Duration.ofMillis(150));
    assertThat(rest()).isZero();
  }

  @Test
  void quietTimeMakesUpForWhatWasSpent() {
    for (int i = 0; i < 5; i++) {
      look(Duration.ofSeconds(30));
    }
    pass(Duration.ofSeconds(16));
    look(Duration.ofMillis(1900));
    assertThat(rest()).isZero();
  }

  private void look(Duration length) {
    Duration begun = now;
    pass(length);
    pace.looked(begun.toNanos(), now.toNanos());
    assertThat(pace.lastTook()).isEqualTo(length);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private Duration rest() {
    return pace.rest(now.toNanos());
  }
}
