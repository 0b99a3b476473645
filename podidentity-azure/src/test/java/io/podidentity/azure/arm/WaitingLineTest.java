package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WaitingLineTest {
  private static final long LIMIT_SECONDS = 30;

  private final BlockingQueue<Runnable> alarms = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final List<Runnable> set = new ArrayList<>();
  private final WaitingLine line = new WaitingLine(new Pause(new Alarms()));

  @Test
  void turnsGoToWhoCameFirstAndToWhoCameLastByTurns() throws InterruptedException {
    for (String name : List.of("first", "second", "third", "fourth")) {
      waits(name);
    }

    assertThat(turn(0)).isEqualTo("first");
    assertThat(turn(1)).isEqualTo("fourth");
    waits("fifth");
    assertThat(turn(2)).isEqualTo("second");
    assertThat(turn(3)).isEqualTo("fifth");
    assertThat(turn(4)).isEqualTo("third");
  }

  @Test
  void whoGivesUpTakesItsTurnAlongAndNobodyElses() throws InterruptedException {
    waits("first");
    Thread second = waits("second");
    waits("third");

    second.interrupt();

    assertThat(next()).isEqualTo("alarm closed");
    assertThat(next()).isEqualTo("second gave up");
    assertThat(turn(0)).isEqualTo("first");
    assertThat(turn(2)).isEqualTo("third");
  }

  @Test
  void whoComesAfterTheTimerIsClosedDoesNotWait() {
    Timer closed =
        (delay, task) -> {
          throw new RejectedExecutionException("closed");
        };

    assertThatThrownBy(() -> new WaitingLine(new Pause(closed)).await(Duration.ofSeconds(1)))
        .isInstanceOf(PodIdentityException.class);
  }

  private Thread waits(String name) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              try {
                line.await(Duration.ofSeconds(1));
                events.add(name);
              } catch (PodIdentityException e) {
                events.add(name + " gave up");
              }
            });
    thread.setDaemon(true);
    thread.start();
    Runnable alarm = alarms.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(alarm).isNotNull();
    set.add(alarm);
    return thread;
  }

  private String turn(int alarm) throws InterruptedException {
    set.get(alarm).run();
    return next();
  }

  private String next() throws InterruptedException {
    return String.valueOf(events.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
  }

  private final class Alarms implements Timer {
    @Override
    public Subscription schedule(Duration delay, Runnable task) {
      alarms.add(task);
      return () -> events.add("alarm closed");
    }
  }
}
