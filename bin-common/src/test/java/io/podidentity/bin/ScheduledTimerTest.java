package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.spi.Subscription;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduledTimerTest {
  private final ScheduledTimer timer = new ScheduledTimer("test-timer");

  @AfterEach
  void close() {
    timer.close();
  }

  @Test
  void runsATaskAfterOneThatThrew() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    timer.schedule(
        Duration.ZERO,
        () -> {
          throw new IllegalStateException("a task's own trouble");
        });

    timer.schedule(Duration.ofMillis(1), ran::countDown);

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void doesNotRunWhatWasCancelled() throws InterruptedException {
    AtomicBoolean cancelledRan = new AtomicBoolean();
    CountDownLatch ran = new CountDownLatch(1);
    Subscription cancelled = timer.schedule(Duration.ofMillis(50), () -> cancelledRan.set(true));
    timer.schedule(Duration.ofMillis(60), ran::countDown);

    cancelled.close();

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(cancelledRan).isFalse();
  }

  @Test
  void itsThreadIsADaemon() throws InterruptedException {
    AtomicBoolean daemon = new AtomicBoolean();
    CountDownLatch ran = new CountDownLatch(1);

    timer.schedule(
        Duration.ZERO,
        () -> {
          daemon.set(Thread.currentThread().isDaemon());
          ran.countDown();
        });

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon).isTrue();
  }
}
