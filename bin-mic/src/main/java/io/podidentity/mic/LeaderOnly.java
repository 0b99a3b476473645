package io.podidentity.mic;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.WriteGuard;
import java.util.function.BooleanSupplier;

/**
 * Lets writes through only while this instance holds the lease. A leader that was halted beyond its
 * lease (a frozen machine, SIGSTOP) and goes on would write beside the next one; AAD Pod Identity
 * v1 does.
 *
 * @param leading whether the lease is held, by the clock of this moment
 */
record LeaderOnly(BooleanSupplier leading) implements WriteGuard {
  @Override
  public void check() {
    if (!leading.getAsBoolean()) {
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "the lease is not held any more, so nothing is written");
    }
  }
}
