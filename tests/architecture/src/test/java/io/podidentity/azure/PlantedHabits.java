package io.podidentity.azure;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/** What no module must do, on purpose. */
@SuppressWarnings("all")
public final class PlantedHabits {
  Instant now() {
    return Instant.now();
  }

  long millis() {
    return System.currentTimeMillis();
  }

  void sleep() throws InterruptedException {
    Thread.sleep(1);
  }

  void otherSleep() throws InterruptedException {
    TimeUnit.SECONDS.sleep(1);
  }

  Clock clock() {
    return Clock.systemUTC();
  }

  void out() {
    System.out.println("a");
  }

  void err() {
    System.err.println("a");
  }

  void trace(Exception e) {
    e.printStackTrace();
  }

  void log() {
    Logger.getLogger("a").info("a");
  }

  void fail() {
    throw new RuntimeException("a");
  }

  /** Not the one that all know. */
  public static final class OwnException extends RuntimeException {}
}
