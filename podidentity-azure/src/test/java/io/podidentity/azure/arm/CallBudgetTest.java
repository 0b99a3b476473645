package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CallBudgetTest {
  private static final Duration MOST = Duration.ofMinutes(1);

  private final CallBudget budget = CallBudget.ofWrites();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void whatExceedsTheBucketComesOneByOneAsItRefills() {
    assertThat(takenAtOnce()).isEqualTo(180);

    // takenAtOnce has taken the turn after 100 ms.
    assertThat(take()).isEqualTo(Duration.ofMillis(200));
    assertThat(take()).isEqualTo(Duration.ofMillis(300));
  }

  @Test
  void theBucketIsNeverFullerThanFull() {
    takenAtOnce();

    now = now.plus(Duration.ofDays(1));

    assertThat(takenAtOnce()).isEqualTo(180);
  }

  @Test
  void whoWouldWaitTooLongTakesNoTurn() {
    takenAtOnce();

    assertThat(budget.take(now, Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(200));
    assertThat(take()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void aTurnThatIsGivenBackIsTheNextOnes() {
    takenAtOnce();

    budget.giveBack();

    assertThat(take()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void whatAzureSaysCountsMore() {
    budget.isSpentUntil(now.plusSeconds(7));

    assertThat(take()).isEqualTo(Duration.ofSeconds(7));
    assertThat(take()).isEqualTo(Duration.ofMillis(7100));
    budget.isSpentUntil(now.plusSeconds(3));
    assertThat(take()).isEqualTo(Duration.ofMillis(7200));
  }

  @Test
  void aClockThatIsSetBackMakesNobodyWaitLonger() {
    takenAtOnce();

    now = now.minus(Duration.ofHours(2));

    assertThat(take()).isEqualTo(Duration.ofMillis(200));
    now = now.plusSeconds(20);
    assertThat(takenAtOnce()).isEqualTo(180);
  }

  private int takenAtOnce() {
    int taken = 0;
    while (take().isZero()) {
      taken++;
    }
    return taken;
  }

  private Duration take() {
    return budget.take(now, MOST);
  }
}
