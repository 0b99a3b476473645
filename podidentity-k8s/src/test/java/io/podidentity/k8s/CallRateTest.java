package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CallRateTest {
  private final AtomicLong now = new AtomicLong(-5);

  @Test
  void asManyAtOnceAsInASecondAndThenOneAfterTheOther() {
    CallRate rate = CallRate.of(4, now::get);

    for (int i = 0; i < 4; i++) {
      assertThat(rate.reserve()).isZero();
    }
    assertThat(rate.reserve()).isEqualTo(Duration.ofMillis(250));
    assertThat(rate.reserve()).isEqualTo(Duration.ofMillis(500));

    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(750));
    assertThat(rate.reserve()).isZero();
    assertThat(rate.reserve()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void quietTimeBringsNoMoreThanOneBurst() {
    CallRate rate = CallRate.of(2, now::get);
    now.addAndGet(TimeUnit.HOURS.toNanos(1));

    assertThat(rate.reserve()).isZero();
    assertThat(rate.reserve()).isZero();
    assertThat(rate.reserve()).isPositive();
  }

  @Test
  void lessThanOneASecondIsPossible() {
    CallRate rate = CallRate.of(0.5, now::get);

    assertThat(rate.reserve()).isZero();
    assertThat(rate.reserve()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void zeroIsNoLimit() {
    CallRate rate = CallRate.unlimited();

    for (int i = 0; i < 10_000; i++) {
      assertThat(rate.reserve()).isZero();
    }
  }
}
