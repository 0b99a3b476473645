package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;

/** A callback that counts. */
final class Calls implements Runnable {
  private final AtomicInteger count = new AtomicInteger();

  @Override
  public void run() {
    count.incrementAndGet();
  }

  int count() {
    return count.get();
  }

  void awaitMoreThan(int known) {
    Eventually.asserted(() -> assertThat(count()).as("calls").isGreaterThan(known));
  }

  void awaitAny() {
    awaitMoreThan(0);
  }
}
