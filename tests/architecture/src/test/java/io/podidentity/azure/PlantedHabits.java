package io.podidentity.azure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

  LocalTime timeOfDay() {
    return LocalTime.now();
  }

  LocalDate day() {
    return LocalDate.now();
  }

  Supplier<ZonedDateTime> moment() {
    return ZonedDateTime::now;
  }

  Clock zonedClock(ZoneId zone) {
    return Clock.system(zone);
  }

  Clock ticking(ZoneId zone) {
    return Clock.tickSeconds(zone);
  }

  Date date() {
    return new Date();
  }

  Calendar calendar() {
    return Calendar.getInstance();
  }

  InstantSource source() {
    return InstantSource.system();
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

  InetAddress lookUp(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  InetAddress[] lookUpAll(String text) throws UnknownHostException {
    return InetAddress.getAllByName(text);
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
