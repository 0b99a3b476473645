package io.podidentity.mic;

import io.podidentity.testkit.contract.WriteGuardContract;
import java.util.concurrent.atomic.AtomicBoolean;

/** A leader writes until it has lost the lease. */
final class LeaderOnlyTest extends WriteGuardContract {
  private final AtomicBoolean leading = new AtomicBoolean();
  private final LeaderOnly guard = new LeaderOnly(leading::get);

  @Override
  protected LeaderOnly guard() {
    return guard;
  }

  @Override
  protected void allow(boolean now) {
    leading.set(now);
  }
}
