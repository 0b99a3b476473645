package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.PodIdentityException;
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
  void whatCanWaitTakesNoPlaceWhileMoreThanHalfAreInUse() {
    CallRate rate = CallRate.of(4, now::get);
    rate.reserve();
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));

    assertThat(rate.reserveSpare()).isZero();
    assertThat(rate.reserveSpare()).isEqualTo(Duration.ofMillis(150));
    assertThat(rate.reserve()).as("of the two that are left").isZero();
    assertThat(rate.reserveSpare()).isEqualTo(Duration.ofMillis(400));

    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(400));
    assertThat(rate.reserveSpare()).isZero();
  }

  @Test
  void whatCanWaitTakesNoPlaceBeforeThereIsQuiet() {
    for (double perSecond : new double[] {0, 1000}) {
      CallRate rate = CallRate.of(perSecond, now::get);
      rate.reserve();
      now.addAndGet(TimeUnit.MILLISECONDS.toNanos(60));
      rate.reserve();

      now.addAndGet(TimeUnit.MILLISECONDS.toNanos(60));
      assertThat(rate.reserveSpare()).isEqualTo(Duration.ofMillis(40));

      now.addAndGet(TimeUnit.MILLISECONDS.toNanos(40));
      assertThat(rate.reserveSpare()).isZero();
      assertThat(rate.reserveSpare()).as("what can wait does not wait for its own").isZero();
    }
  }

  @Test
  void whatCanWaitWaitsNotForEver() {
    CallRate rate = CallRate.perSecond(1000);
    for (int i = 0; i < 1100; i++) {
      rate.reserve();
    }
    AtomicLong others = new AtomicLong();
    // They come as fast as they may, and so leave nothing over.
    Thread busy =
        new Thread(
            () -> {
              try {
                while (true) {
                  rate.await();
                  others.incrementAndGet();
                }
              } catch (PodIdentityException e) {
                // Interrupted, at the end.
              }
            });
    busy.start();

    rate.awaitSpare(System.nanoTime());

    busy.interrupt();
    assertThat(others).hasPositiveValue();
  }

  @Test
  void zeroIsNoLimit() {
    CallRate rate = CallRate.of(0, now::get);

    for (int i = 0; i < 10_000; i++) {
      assertThat(rate.reserve()).isZero();
    }
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(rate.reserveSpare()).isZero();
  }
}
