package io.podidentity.iptables;

import static io.podidentity.iptables.GuardedRules.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.podidentity.api.PodIdentityException;
import io.podidentity.harness.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When rules are looked at, and what is told of that. */
@Timeout(60)
final class RulesGuardTest {

  private final GuardedRules rules = new GuardedRules();

  @Test
  void looksAtOnceAndAfterEachInterval() {
    rules.looks.add(() -> true);
    rules.looks.add(() -> false);
    rules.guard.start();
    assertThat(rules.told).containsExactly("changed=true");
    assertThat(rules.delays).containsExactly(INTERVAL);
    rules.ring();
    assertThat(rules.told).containsExactly("changed=true", "changed=false");
    assertThat(rules.delays).containsExactly(INTERVAL, INTERVAL);
  }

  @Test
  void failureIsToldAndRetriedEverLaterUpToTheInterval() {
    for (int i = 0; i < 8; i++) {
      rules.looks.add(GuardedRules::fail);
    }
    rules.guard.start();
    for (int i = 1; i < 8; i++) {
      rules.ring();
    }
    assertThat(rules.delays.stream().map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    assertThat(rules.told).hasSize(8).containsOnly("REDIRECT_FAILED: no iptables");
  }

  @Test
  void successEndsTheRetries() {
    rules.looks.add(GuardedRules::fail);
    rules.looks.add(() -> true);
    rules.looks.add(GuardedRules::fail);
    rules.guard.start();
    rules.ring();
    rules.ring();
    assertThat(rules.delays.stream().map(Duration::toSeconds)).containsExactly(1L, 60L, 1L);
  }

  @Test
  void unexpectedErrorIsAFailureToo() {
    rules.looks.add(
        () -> {
          throw new IllegalStateException("bug");
        });
    rules.guard.start();
    assertThat(rules.told).containsExactly("REDIRECT_FAILED: looking after the rules failed");
    assertThat(rules.delays).hasSize(1);
  }

  @Test
  void listenerThatFailsDoesNotEndTheWatch() {
    rules.looks.add(() -> true);
    RulesGuard watched =
        rules.guard(
            task -> {
              try {
                task.run();
              } catch (IllegalStateException e) {
                rules.told.add("executor saw " + e.getMessage());
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
    assertThat(rules.told).containsExactly("executor saw listener's bug");
    assertThat(rules.delays).containsExactly(INTERVAL);
  }

  @Test
  void stopEndsTheWatch() {
    rules.looks.add(() -> true);
    rules.guard.start();
    Runnable late = rules.alarms.getFirst();
    rules.guard.stop();
    rules.guard.stop();
    assertThat(rules.alarms).isEmpty();
    // An alarm that went off at the same moment.
    late.run();
    assertThat(rules.told).containsExactly("changed=true");
  }

  @Test
  void stopWaitsForTheLookThatIsUnderWay() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> order = new ArrayList<>();
    rules.looks.add(
        () -> {
          begun.countDown();
          awaitUninterrupted(goOn);
          order.add("looked");
          return true;
        });
    Thread looking = new Thread(rules.guard::start);
    looking.start();
    begun.await();
    Thread stopping =
        new Thread(
            () -> {
              rules.guard.stop();
              order.add("stopped");
            });
    stopping.start();
    Await.until(
        "stop waits", Duration.ofSeconds(30), () -> stopping.getState() == Thread.State.BLOCKED);
    goOn.countDown();
    stopping.join();
    looking.join();
    assertThat(order).containsExactly("looked", "stopped");
    assertThat(rules.alarms).isEmpty();
  }

  @Test
  void guardStartsOnce() {
    rules.looks.add(() -> true);
    rules.guard.start();
    assertThatIllegalStateException().isThrownBy(rules.guard::start);
  }

  @Test
  void guardThatWasStoppedBeforeItsStartDoesNotLook() {
    rules.guard.stop();
    rules.guard.start();
    assertThat(rules.told).isEmpty();
    assertThat(rules.delays).isEmpty();
  }

  @Test
  void intervalMustBePositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new RulesGuard(
                    rules.redirect, rules::alarm, Duration.ZERO, Runnable::run, rules.listener));
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
