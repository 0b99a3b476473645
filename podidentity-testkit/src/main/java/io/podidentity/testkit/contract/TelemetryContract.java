package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Telemetry} has to do: to take whatever is reported, from any thread, and at once.
 * One that throws harms no request, since who reports guards it; what it was told is lost.
 */
public abstract class TelemetryContract {
  private static final Duration QUICK = Duration.ofSeconds(2);
  private static final int THREADS = 4;
  private static final int ROUNDS = 20;

  /** For subclasses. */
  protected TelemetryContract() {}

  /** The listener; the same on each call. */
  protected abstract Telemetry telemetry();

  @Test
  void everyReportIsTaken() {
    for (Consumer<Telemetry> report :
        Reports.of("a problem", Duration.ofMillis(3), failure("no answer"))) {
      assertThatCode(() -> report.accept(telemetry())).doesNotThrowAnyException();
    }
  }

  /** Clocks go back, and errors have no words. */
  @Test
  void reportOfNothingOrOfVeryMuchIsTaken() {
    for (Duration took : List.of(Duration.ZERO, Duration.ofDays(100_000), Duration.ofMillis(-1))) {
      for (Consumer<Telemetry> report : Reports.of("", took, failure(""))) {
        assertThatCode(() -> report.accept(telemetry())).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void reportsOfManyThreadsAreTakenWithoutWaiting() throws InterruptedException {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Consumer<Telemetry>> reports =
        Reports.of("a problem", Duration.ofMillis(3), failure("no answer"));
    List<Thread> threads =
        IntStream.range(0, THREADS)
            .mapToObj(i -> new Thread(() -> report(reports, failures), "reporter-" + i))
            .peek(thread -> thread.setDaemon(true))
            .toList();

    threads.forEach(Thread::start);
    long end = System.nanoTime() + Eventually.atLeast(QUICK).toNanos();
    for (Thread thread : threads) {
      thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      assertThat(thread.isAlive()).as("%s waits", thread.getName()).isFalse();
    }

    assertThat(failures).isEmpty();
  }

  private void report(List<Consumer<Telemetry>> reports, Queue<Throwable> failures) {
    try {
      for (int i = 0; i < ROUNDS; i++) {
        reports.forEach(report -> report.accept(telemetry()));
      }
    } catch (RuntimeException | Error e) {
      failures.add(e);
    }
  }

  private static PodIdentityException failure(String message) {
    return new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, message);
  }
}
