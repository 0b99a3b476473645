package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesAtExitTest {
  private static final NodeRules STUBBORN =
      new NodeRules() {
        @Override
        public boolean ensure() {
          throw new AssertionError("nothing is written at the end");
        }

        @Override
        public void remove() {
          throw new PodIdentityException(ErrorReason.REDIRECT_FAILED, "no iptables");
        }
      };

  @ParameterizedTest
  @CsvSource({
    "AUTO,   true,  true",
    "AUTO,   false, false",
    "KEEP,   true,  false",
    "REMOVE, false, true",
  })
  void rulesAreRemovedOnlyIfThatIsMeant(OnExit policy, boolean deleted, boolean removed) {
    RulesAtExit atExit = new RulesAtExit(policy, patience -> deleted, STUBBORN);
    assertThat(atExit.areToBeRemoved()).isEqualTo(removed);
  }

  @Test
  void failureDoesNotKeepTheProcess() {
    new RulesAtExit(OnExit.REMOVE, patience -> false, STUBBORN).remove();
  }
}
