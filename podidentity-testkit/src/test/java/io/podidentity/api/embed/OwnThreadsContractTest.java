package io.podidentity.api.embed;

import io.podidentity.testkit.contract.TimerContract;
import org.junit.jupiter.api.AfterEach;

/** Here, because the contracts are built on the module that has it. */
final class OwnThreadsContractTest extends TimerContract {
  private final OwnThreads threads = new OwnThreads();

  @AfterEach
  void end() {
    threads.close();
  }

  @Override
  protected OwnThreads timer() {
    return threads;
  }
}
