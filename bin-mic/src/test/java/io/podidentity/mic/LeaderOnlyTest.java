package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class LeaderOnlyTest {
  private final AtomicBoolean leading = new AtomicBoolean(true);
  private final LeaderOnly guard = new LeaderOnly(leading::get);

  @Test
  void leaderWritesUntilItHasLostTheLease() {
    assertThatCode(guard::check).doesNotThrowAnyException();

    leading.set(false);

    assertThatThrownBy(guard::check)
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN));
  }
}
