package io.podidentity.testkit.contract;

import java.time.Duration;

/** How long contracts wait: doubles in memory need no time, and a defect would take it all. */
public final class Waits {
  private Waits() {}

  /** Waits no longer than that, until {@link #asEver}. */
  public static void noLongerThan(Duration limit) {
    Eventually.limit(limit);
  }

  /** Waits as long as it does by itself. */
  public static void asEver() {
    Eventually.limit(Eventually.LIMIT);
  }
}
