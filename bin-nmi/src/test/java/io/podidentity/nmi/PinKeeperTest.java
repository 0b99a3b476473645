package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.testkit.ManualTimer;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PinKeeperTest {
  private static final InetAddress PINNED = TestNmi.inet("10.244.0.1");
  private static final InetAddress OTHER = TestNmi.inet("10.244.0.2");
  private static final Duration INTERVAL = Duration.ofSeconds(60);

  private final ManualTimer timer = new ManualTimer();
  private final NmiMetrics metrics = new NmiMetrics();
  private boolean failing;
  private boolean countFails;
  private int looks;
  private int counts;

  private final PinKeeper.Kept kept =
      new PinKeeper.Kept(
          new NodeRules() {
            @Override
            public boolean ensure() {
              looks++;
              if (failing) {
                throw new PodIdentityException(ErrorReason.REDIRECT_FAILED, "no nft here");
              }
              return false;
            }

            @Override
            public void remove() {
              throw new AssertionError("it is not asked to remove them");
            }
          },
          () -> {
            counts++;
            if (countFails) {
              throw new PodIdentityException(ErrorReason.REDIRECT_FAILED, "no answer");
            }
          },
          PINNED::equals);

  private PinKeeper started(boolean enforced) {
    PinKeeper keeper = new PinKeeper(kept, enforced, INTERVAL, timer, metrics);
    keeper.start();
    timer.advance(Duration.ZERO);
    return keeper;
  }

  @Test
  void whatHasNoPinIsAdmittedUnlessThatIsEnforced() {
    try (PinKeeper auto = started(false)) {
      assertThat(auto.admits(OTHER)).isTrue();
    }
    try (PinKeeper enforced = started(true)) {
      assertThat(enforced.admits(PINNED)).isTrue();
      assertThat(enforced.admits(OTHER)).isFalse();
    }
  }

  @Test
  void pinsThatCannotBeWrittenMakeNmiUnreadyOnlyWhereTheyAreEnforced() {
    failing = true;
    try (LogCapture log = new LogCapture();
        PinKeeper auto = started(false);
        PinKeeper enforced = started(true)) {
      assertThat(auto.isReady()).isTrue();
      assertThat(enforced.isReady()).isFalse();
      assertThat(log.lines())
          .containsExactly(
              "source pins failed: pods without one are known by their address alone; trying again"
                  + " error=no nft here",
              "source pins failed: pods without one are refused; trying again error=no nft here");
      failing = false;

      timer.advance(Duration.ofSeconds(1));

      assertThat(enforced.isReady()).isTrue();
      assertThat(log.lines().get(3)).isEqualTo("source pins are in place");
    }
  }

  @Test
  void countsEveryTwoSecondsAndLooksAtTheInterval() {
    try (PinKeeper unused = started(false)) {
      for (int i = 0; i < 30; i++) {
        timer.advance(PinKeeper.COUNTED);
      }
      assertThat(counts).isEqualTo(30);
      assertThat(looks).isEqualTo(2);

      countFails = true;
      timer.advance(PinKeeper.COUNTED);
      timer.advance(PinKeeper.COUNTED);
      assertThat(counts).isEqualTo(32);
    }
    timer.advance(INTERVAL);
    assertThat(counts).isEqualTo(32);
  }
}
