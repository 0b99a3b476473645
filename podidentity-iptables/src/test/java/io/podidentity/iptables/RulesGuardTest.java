package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.Subscription;
import io.podidentity.harness.Await;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RulesGuardTest {

  private static final Duration INTERVAL = Duration.ofSeconds(60);

  /** What each look will find, oldest first. */
  private final Deque<BooleanSupplier> looks = new ArrayDeque<>();

  private final List<Duration> delays = new ArrayList<>();
  private final Deque<Runnable> alarms = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();

  private final AtomicBoolean newsAreComplete = new AtomicBoolean(true);
  private final AtomicBoolean newsAreClosed = new AtomicBoolean();
  private final AtomicLong nanos = new AtomicLong();
  private Runnable onChange = () -> {};

  private final NodeRules redirect =
      new NodeRules() {
        @Override
        public News listen(Runnable wake) {
          onChange = wake;
          return new News() {
            @Override
            public boolean isComplete() {
              return newsAreComplete.get();
            }

            @Override
            public void close() {
              newsAreClosed.set(true);
            }
          };
        }

        @Override
        public boolean ensure() {
          return looks.removeFirst().getAsBoolean();
        }

        @Override
        public void remove() {}
      };

  private final RulesGuard.Listener listener =
      new RulesGuard.Listener() {
        @Override
        public void onInPlace(boolean changed) {
          told.add("changed=" + changed);
        }

        @Override
        public void onFailure(PodIdentityException error) {
          told.add(error.reason() + ": " + error.getMessage());
        }
      };

  private final RulesGuard guard = guard(Runnable::run, listener);

  @Test
  void looksAtOnceAndAfterEachInterval() {
    looks.add(() -> true);
    looks.add(() -> false);
    guard.start();
    assertThat(told).containsExactly("changed=true");
    assertThat(delays).containsExactly(INTERVAL);
    ring();
    assertThat(told).containsExactly("changed=true", "changed=false");
    assertThat(delays).containsExactly(INTERVAL, INTERVAL);
  }

  @Test
  void failureIsToldAndRetriedEverLaterUpToTheInterval() {
    for (int i = 0; i < 8; i++) {
      looks.add(RulesGuardTest::fail);
    }
    guard.start();
    for (int i = 1; i < 8; i++) {
      ring();
    }
    assertThat(delays.stream().map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    assertThat(told).hasSize(8).containsOnly("REDIRECT_FAILED: no iptables");
  }

  @Test
  void successEndsTheRetries() {
    looks.add(RulesGuardTest::fail);
    looks.add(() -> true);
    looks.add(RulesGuardTest::fail);
    guard.start();
    ring();
    ring();
    assertThat(delays.stream().map(Duration::toSeconds)).containsExactly(1L, 60L, 1L);
  }

  @Test
  void unexpectedErrorIsAFailureToo() {
    looks.add(
        () -> {
          throw new IllegalStateException("bug");
        });
    guard.start();
    assertThat(told).containsExactly("REDIRECT_FAILED: looking after the rules failed");
    assertThat(delays).hasSize(1);
  }

  @Test
  void listenerThatFailsDoesNotEndTheWatch() {
    looks.add(() -> true);
    RulesGuard watched =
        guard(
            task -> {
              try {
                task.run();
              } catch (IllegalStateException e) {
                told.add("executor saw " + e.getMessage());
              }
            },
            new RulesGuard.Listener() {
              @Override
              public void onInPlace(boolean changed) {
                throw new IllegalStateException("listener's bug");
              }

              @Override
              public void onFailure(PodIdentityException error) {}
            });
    watched.start();
    assertThat(told).containsExactly("executor saw listener's bug");
    assertThat(delays).containsExactly(INTERVAL);
  }

  @Test
  void stopEndsTheWatch() {
    looks.add(() -> true);
    guard.start();
    Runnable late = alarms.getFirst();
    guard.stop();
    guard.stop();
    assertThat(alarms).isEmpty();
    // An alarm that went off at the same moment.
    late.run();
    assertThat(told).containsExactly("changed=true");
  }

  @Test
  void stopWaitsForTheLookThatIsUnderWay() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> order = new ArrayList<>();
    looks.add(
        () -> {
          begun.countDown();
          awaitUninterrupted(goOn);
          order.add("looked");
          return true;
        });
    Thread looking = new Thread(guard::start);
    looking.start();
    begun.await();
    Thread stopping =
        new Thread(
            () -> {
              guard.stop();
              order.add("stopped");
            });
    stopping.start();
    Await.until(
        "stop waits", Duration.ofSeconds(30), () -> stopping.getState() == Thread.State.BLOCKED);
    goOn.countDown();
    stopping.join();
    looking.join();
    assertThat(order).containsExactly("looked", "stopped");
    assertThat(alarms).isEmpty();
  }

  @Test
  void changeIsLookedAtAtOnceAndOnce() {
    looks.add(() -> true);
    looks.add(() -> true);
    guard.start();
    onChange.run();
    onChange.run();
    assertThat(delays).containsExactly(INTERVAL, Duration.ZERO);
    assertThat(alarms).hasSize(1);
    ring();
    assertThat(told).containsExactly("changed=true", "changed=true");
    assertThat(delays).containsExactly(INTERVAL, Duration.ZERO, INTERVAL);
    assertThat(alarms).hasSize(1);
  }

  @Test
  void changeDuringALookIsLookedAtAfterIt() {
    looks.add(() -> true);
    looks.add(
        () -> {
          onChange.run();
          return false;
        });
    looks.add(() -> true);
    guard.start();
    ring();
    assertThat(alarms).hasSize(1);
    ring();
    assertThat(told).containsExactly("changed=true", "changed=false", "changed=true");
  }

  @Test
  void alarmThatWentOffBesideAChangeDoesNotDoubleTheLooks() {
    for (int i = 0; i < 3; i++) {
      looks.add(() -> false);
    }
    guard.start();
    Runnable late = alarms.getFirst();
    onChange.run();
    late.run();
    assertThat(alarms).hasSize(1);
    ring();
    assertThat(alarms).hasSize(1);
  }

  @Test
  void changesWithoutEndDoNotKeepItBusy() {
    looks.add(
        () -> {
          nanos.addAndGet(Duration.ofSeconds(3).toNanos());
          return true;
        });
    guard.start();
    nanos.addAndGet(Duration.ofMillis(10).toNanos());
    onChange.run();
    assertThat(delays).containsExactly(INTERVAL, Duration.ofMillis(240));
  }

  @Test
  void rulesThatCannotTellOfAllChangesAreLookedAtEachSecond() {
    newsAreComplete.set(false);
    looks.add(() -> true);
    looks.add(
        () -> {
          nanos.addAndGet(Duration.ofMillis(300).toNanos());
          return true;
        });
    looks.add(
        () -> {
          nanos.addAndGet(Duration.ofSeconds(1).toNanos());
          return true;
        });
    looks.add(() -> true);
    guard.start();
    // Before it listens it does not know.
    onChange.run();
    ring();
    ring();
    newsAreComplete.set(true);
    ring();
    assertThat(delays)
        .containsExactly(
            INTERVAL, Duration.ZERO, Duration.ofMillis(1200), Duration.ofSeconds(2), INTERVAL);
  }

  @Test
  void stopEndsTheNews() {
    looks.add(() -> true);
    guard.start();
    guard.stop();
    onChange.run();
    assertThat(newsAreClosed).isTrue();
    assertThat(alarms).isEmpty();
  }

  @Test
  void guardStartsOnce() {
    looks.add(() -> true);
    guard.start();
    assertThatIllegalStateException().isThrownBy(guard::start);
  }

  @Test
  void guardThatWasStoppedBeforeItsStartDoesNotLook() {
    guard.stop();
    guard.start();
    assertThat(told).isEmpty();
    assertThat(delays).isEmpty();
  }

  @Test
  void intervalMustBePositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new RulesGuard(redirect, this::alarm, Duration.ZERO, Runnable::run, listener));
  }

  private RulesGuard guard(Executor executor, RulesGuard.Listener told) {
    return new RulesGuard(redirect, this::alarm, INTERVAL, executor, told, nanos::get);
  }

  private Subscription alarm(Duration delay, Runnable task) {
    delays.add(delay);
    alarms.add(task);
    return () -> alarms.remove(task);
  }

  private void ring() {
    alarms.removeFirst().run();
  }

  private static boolean fail() {
    throw new PodIdentityException(ErrorReason.REDIRECT_FAILED, "no iptables");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
