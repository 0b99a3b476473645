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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

  CompletableFuture<Integer> supply() {
    return CompletableFuture.supplyAsync(() -> 1);
  }

  CompletableFuture<Void> afterwards(CompletableFuture<?> first) {
    return first.thenRunAsync(() -> {});
  }

  BiFunction<CompletionStage<?>, Consumer<Object>, CompletionStage<Void>> chained() {
    return CompletionStage::thenAcceptAsync;
  }

  Executor delayed() {
    return CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
  }

  Executor pool() {
    return ForkJoinPool.commonPool();
  }

  IntStream parallel() {
    return IntStream.of(1).parallel();
  }

  Stream<Integer> parallelStream() {
    return List.of(1).parallelStream();
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
