package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class PauseTest {
  private final AtomicBoolean cancelled = new AtomicBoolean();

  @Test
  void endsWhenTheTimerSaysSo() {
    pause((delay, task) -> task.run());
    assertThat(cancelled).isTrue();
  }

  @Test
  void aThreadThatIsInterruptedGivesUpAndLeavesNoAlarmBehind() {
    Thread.currentThread().interrupt();

    PodIdentityException error = failure((delay, task) -> {});

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
    assertThat(cancelled).isTrue();
  }

  @Test
  void aTimerThatIsClosedEndsTheWait() {
    PodIdentityException error =
        failure(
            (delay, task) -> {
              throw new RejectedExecutionException("closed");
            });

    assertThat(error.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
  }

  private PodIdentityException failure(Alarm alarm) {
    PodIdentityException error =
        catchThrowableOfType(PodIdentityException.class, () -> pause(alarm));
    assertThat(error).isNotNull();
    return error;
  }

  private void pause(Alarm alarm) {
    Timer timer =
        (delay, task) -> {
          alarm.set(delay, task);
          Subscription alarmed = () -> cancelled.set(true);
          return alarmed;
        };
    new Pause(timer).await(Duration.ofSeconds(5));
  }

  private interface Alarm {
    void set(Duration delay, Runnable task);
  }
}
