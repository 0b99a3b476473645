package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
  private static final RetryPolicy POLICY =
      new RetryPolicy(Duration.ofSeconds(3), Duration.ofSeconds(20));

  @ParameterizedTest(name = "after {0} failures {1} s")
  @CsvSource({"1, 3", "2, 6", "3, 12", "4, 20", "5, 20", "1000000, 20"})
  void aRestDoublesUpToTheMost(int failures, int seconds) {
    assertThat(POLICY.rest(failures, null)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest(name = "asked for {0} s: {1} s")
  @CsvSource({"1, 6", "6, 6", "7, 7", "600, 600"})
  void whoAsksForMoreGetsIt(int asked, int seconds) {
    assertThat(POLICY.rest(2, Duration.ofSeconds(asked))).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "2, 1"})
  void firstIsPositiveAndNotMoreThanTheMost(int first, int most) {
    assertThatThrownBy(() -> new RetryPolicy(Duration.ofSeconds(first), Duration.ofSeconds(most)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void leastAndMostMayBeOne() {
    Duration second = Duration.ofSeconds(1);

    assertThat(new RetryPolicy(second, second, 1).rest(9, null))
        .isBetween(second, second.plusSeconds(1));
    assertThat(new ApplierOptions(1, 1, POLICY).batchSize()).isOne();
  }

  @Test
  void jitterMakesARestLongerAndNoMoreThanItSays() {
    RetryPolicy policy = new RetryPolicy(Duration.ofSeconds(10), Duration.ofSeconds(20), 0.2);

    Set<Duration> rests = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      rests.add(policy.rest(1, null));
    }

    assertThat(rests)
        .hasSizeGreaterThan(1)
        .allSatisfy(
            rest -> assertThat(rest).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12)));
    assertThatThrownBy(() -> new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(2), 1.1))
        .hasMessage("jitter must be from 0 to 1");
  }

  /** A machine whose budget refills each 15 s would else lose a tenth of it. */
  @Test
  void jitterMakesARestThatWasAskedForNoMoreThanASecondLonger() {
    Duration asked = Duration.ofSeconds(100);

    for (int i = 0; i < 50; i++) {
      assertThat(RetryPolicy.DEFAULT.rest(1, asked)).isBetween(asked, asked.plusSeconds(1));
    }
  }

  @Test
  void aReportSaysWhetherAllWasDone() {
    assertThat(new ReconcileReport(0, false, null, null).isComplete()).isTrue();
    assertThat(new ReconcileReport(1, false, null, null).isComplete()).isFalse();
    assertThat(new ReconcileReport(1, true, Duration.ofSeconds(3), null))
        .hasToString("failures=1, unavailable=true, retryAfter=PT3S, heldFor=none");
    assertThatThrownBy(() -> new ReconcileReport(-1, false, null, null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
