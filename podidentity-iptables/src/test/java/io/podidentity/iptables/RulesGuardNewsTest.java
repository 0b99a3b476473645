package io.podidentity.iptables;

import static io.podidentity.iptables.GuardedRules.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the guard does when it is told of changes. */
@Timeout(60)
final class RulesGuardNewsTest {

  private final GuardedRules rules = new GuardedRules();

  @Test
  void changeIsLookedAtAtOnceAndOnce() {
    rules.looks.add(() -> true);
    rules.looks.add(() -> true);
    rules.guard.start();
    rules.onChange.run();
    rules.onChange.run();
    assertThat(rules.delays).containsExactly(INTERVAL, Duration.ZERO);
    assertThat(rules.alarms).hasSize(1);
    rules.ring();
    assertThat(rules.told).containsExactly("changed=true", "changed=true");
    assertThat(rules.delays).containsExactly(INTERVAL, Duration.ZERO, INTERVAL);
    assertThat(rules.alarms).hasSize(1);
  }

  @Test
  void changeDuringALookIsLookedAtAfterIt() {
    rules.looks.add(() -> true);
    rules.looks.add(
        () -> {
          rules.onChange.run();
          return false;
        });
    rules.looks.add(() -> true);
    rules.guard.start();
    rules.ring();
    assertThat(rules.alarms).hasSize(1);
    rules.ring();
    assertThat(rules.told).containsExactly("changed=true", "changed=false", "changed=true");
  }

  @Test
  void alarmThatWentOffBesideAChangeDoesNotDoubleTheLooks() {
    for (int i = 0; i < 3; i++) {
      rules.looks.add(() -> false);
    }
    rules.guard.start();
    Runnable late = rules.alarms.getFirst();
    rules.onChange.run();
    late.run();
    assertThat(rules.alarms).hasSize(1);
    rules.ring();
    assertThat(rules.alarms).hasSize(1);
  }

  @Test
  void changesWithoutEndDoNotKeepItBusy() {
    rules.looks.add(
        () -> {
          rules.nanos.addAndGet(Duration.ofSeconds(3).toNanos());
          return true;
        });
    rules.guard.start();
    rules.nanos.addAndGet(Duration.ofMillis(10).toNanos());
    rules.onChange.run();
    assertThat(rules.delays).containsExactly(INTERVAL, Duration.ofMillis(240));
  }

  /** What changed in between would be missed, and whoever starts it would wait for the look. */
  @Test
  void listensBeforeItLooks() {
    Runnable nobody = rules.onChange;
    rules.looks.add(() -> rules.onChange != nobody);
    rules.guard.start();
    assertThat(rules.told).containsExactly("changed=true");
  }

  @Test
  void rulesThatCannotTellOfAllChangesAreLookedAtEachSecond() {
    rules.newsAreComplete.set(false);
    rules.looks.add(() -> true);
    rules.looks.add(
        () -> {
          rules.nanos.addAndGet(Duration.ofMillis(300).toNanos());
          return true;
        });
    rules.looks.add(
        () -> {
          rules.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
          return true;
        });
    rules.looks.add(() -> true);
    rules.guard.start();
    rules.onChange.run();
    rules.ring();
    rules.ring();
    rules.newsAreComplete.set(true);
    rules.ring();
    assertThat(rules.delays)
        .containsExactly(
            Duration.ofSeconds(1),
            Duration.ZERO,
            Duration.ofMillis(700),
            Duration.ofMillis(250),
            INTERVAL);
  }

  @Test
  void stopEndsTheNews() {
    rules.looks.add(() -> true);
    rules.guard.start();
    rules.guard.stop();
    rules.onChange.run();
    assertThat(rules.newsAreClosed).isTrue();
    assertThat(rules.alarms).isEmpty();
  }
}
