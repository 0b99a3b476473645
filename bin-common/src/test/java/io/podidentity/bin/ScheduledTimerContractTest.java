package io.podidentity.bin;

import io.podidentity.testkit.contract.TimerContract;
import org.junit.jupiter.api.AfterEach;

final class ScheduledTimerContractTest extends TimerContract {
  private final ScheduledTimer timer = new ScheduledTimer("contract-timer");

  @AfterEach
  void close() {
    timer.close();
  }

  @Override
  protected ScheduledTimer timer() {
    return timer;
  }
}
