package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.testkit.ManualTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RulesStateTest {
  private final ManualTimer timer = new ManualTimer();
  private final NmiMetrics metrics = new NmiMetrics();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicBoolean failing = new AtomicBoolean();
  private final AtomicBoolean removed = new AtomicBoolean();
  private final NodeRules redirect =
      new NodeRules() {
        @Override
        public boolean ensure() {
          looks.incrementAndGet();
          if (failing.get()) {
            throw new PodIdentityException(ErrorReason.REDIRECT_FAILED, "no iptables here");
          }
          return false;
        }

        @Override
        public void remove() {
          removed.set(true);
        }
      };

  @Test
  void isInPlaceAfterTheFirstLookAndLooksAgainAtTheInterval() {
    try (RulesState state = new RulesState(redirect, Duration.ofSeconds(60), timer, metrics)) {
      assertThat(state.isInPlace()).isFalse();
      state.start();
      Eventually.isTrue("in place", state::isInPlace);
      Eventually.isTrue("the next look is planned", () -> timer.pending() == 1);

      timer.advance(Duration.ofSeconds(60));

      Eventually.isTrue("it looked again", () -> looks.get() == 2);
    }
  }

  @Test
  void isNotInPlaceWhileItFailsAndHealsByItself() {
    failing.set(true);
    try (RulesState state = new RulesState(redirect, Duration.ofSeconds(60), timer, metrics)) {
      state.start();
      Eventually.isTrue("the next look is planned", () -> timer.pending() == 1);
      assertThat(state.isInPlace()).isFalse();
      failing.set(false);

      timer.advance(Duration.ofSeconds(1));

      Eventually.isTrue("in place", state::isInPlace);
    }
  }

  @Test
  void anHourOfLooksIsOneLineInTheLogAndAnHourOfFailuresIsAnother() {
    try (LogCapture log = new LogCapture();
        RulesState state = new RulesState(redirect, Duration.ofSeconds(60), timer, metrics)) {
      state.start();
      look(60);
      assertThat(log.lines()).containsExactly("rules are in place");

      failing.set(true);
      look(60);
      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines().get(1)).startsWith("rules failed; trying again");
    }
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      int soFar = looks.get();
      Eventually.isTrue("the next look is planned", () -> timer.pending() == 1);
      timer.advance(Duration.ofSeconds(60));
      Eventually.isTrue("it looked", () -> looks.get() > soFar);
    }
    Eventually.isTrue("the next look is planned", () -> timer.pending() == 1);
  }

  // v1 removes its rules 10 s before it exits: every request in between reaches IMDS itself.
  @Test
  void theRulesStayWhenItEnds() {
    RulesState state = new RulesState(redirect, Duration.ofSeconds(60), timer, metrics);
    state.start();
    Eventually.isTrue("in place", state::isInPlace);

    state.close();

    assertThat(removed).isFalse();
  }

  @Test
  void noRedirectIsInPlaceAtOnce() {
    try (RulesState state = new RulesState(null, Duration.ofSeconds(60), timer, metrics)) {
      state.start();

      assertThat(state.isInPlace()).isTrue();
    }
  }
}
