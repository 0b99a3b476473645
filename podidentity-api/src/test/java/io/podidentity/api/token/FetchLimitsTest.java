package io.podidentity.api.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FetchLimitsTest {
  private static final Duration S6 = Duration.ofSeconds(6);
  private static final Duration S7 = Duration.ofSeconds(7);
  private static final Duration S8 = Duration.ofSeconds(8);
  private static final Duration OTHER = Duration.ofSeconds(90);
  private static final FetchLimits LIMITS = new FetchLimits(1, 2, 3, 4, 5, S6, S7, S8);

  @Test
  void otherLimitsDifferInWhatWasSaidAndInNothingElse() {
    assertThat(LIMITS.withPerSecond(90)).isEqualTo(new FetchLimits(90, 2, 3, 4, 5, S6, S7, S8));
    assertThat(LIMITS.withAtOnce(90, 91)).isEqualTo(new FetchLimits(1, 90, 91, 4, 5, S6, S7, S8));
    assertThat(LIMITS.withWaiting(90, 91)).isEqualTo(new FetchLimits(1, 2, 3, 90, 91, S6, S7, S8));
    assertThat(LIMITS.withLongestWait(OTHER))
        .isEqualTo(new FetchLimits(1, 2, 3, 4, 5, OTHER, S7, S8));
    assertThat(LIMITS.withLongestRest(OTHER))
        .isEqualTo(new FetchLimits(1, 2, 3, 4, 5, S6, OTHER, S8));
    assertThat(LIMITS.withLongestFetch(OTHER))
        .isEqualTo(new FetchLimits(1, 2, 3, 4, 5, S6, S7, OTHER));
  }

  @Test
  void thoseOfEntraAreAsManyASecondAndLeaveItAloneForOneQueryOnly() {
    assertThat(FetchLimits.ENTRA)
        .isEqualTo(
            new FetchLimits(
                20,
                8,
                2,
                200,
                32,
                Duration.ofSeconds(10),
                Duration.ZERO,
                FetchLimits.LONGEST_FETCH));
  }
}
