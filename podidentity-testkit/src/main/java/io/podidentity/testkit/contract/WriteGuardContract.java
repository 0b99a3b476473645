package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.WriteGuard;
import org.junit.jupiter.api.Test;

/** What a {@link WriteGuard} has to do that can say no. */
public abstract class WriteGuardContract {
  /** For subclasses. */
  protected WriteGuardContract() {}

  /** The guard; the same on each call. */
  protected abstract WriteGuard guard();

  /** Whether this process may write, from now on. */
  protected abstract void allow(boolean now);

  @Test
  void writeIsLetThroughWhileItMayBeMade() {
    allow(true);

    assertThatCode(guard()::check).doesNotThrowAnyException();
    assertThatCode(guard()::check).doesNotThrowAnyException();
  }

  @Test
  void writeThatMayNotBeMadeIsRefusedAsByAProcessThatStops() {
    allow(false);

    assertThat(refusal().reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
  }

  /** What was allowed a moment ago says nothing: that is when two would write. */
  @Test
  void answerIsOfThisMoment() {
    allow(true);
    guard().check();
    allow(false);
    assertThat(refusal()).isNotNull();
    allow(true);

    assertThatCode(guard()::check).doesNotThrowAnyException();
  }

  private PodIdentityException refusal() {
    return catchThrowableOfType(PodIdentityException.class, guard()::check);
  }
}
