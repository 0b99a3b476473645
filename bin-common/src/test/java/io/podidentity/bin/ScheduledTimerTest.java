package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.podidentity.api.spi.Subscription;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

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
  void logsWhatATaskThrowsAnErrorToo() throws InterruptedException {
    Error error = new NoClassDefFoundError("of a task");
    Logger logger = (Logger) LoggerFactory.getLogger(ScheduledTimer.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    try {
      CountDownLatch ran = new CountDownLatch(1);
      timer.schedule(
          Duration.ZERO,
          () -> {
            throw error;
          });
      timer.schedule(Duration.ofMillis(1), ran::countDown);
      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      logger.detachAppender(logged);
    }

    assertThat(logged.list)
        .extracting(ILoggingEvent::getThrowableProxy)
        .extracting(thrown -> ((ThrowableProxy) thrown).getThrowable())
        .containsExactly(error);
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
