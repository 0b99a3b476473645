package io.podidentity.api.matching;

import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

/** What podidentity-api must not do, on purpose. */
@SuppressWarnings("all")
public final class PlantedImpurities {
  static int counter;
  static final byte[] array = {1};
  static final AtomicInteger shared = new AtomicInteger();
  static final ThreadLocal<String> local = new ThreadLocal<>();

  void newThread() {
    new Thread(() -> {}).start();
  }

  ExecutorService newPool() {
    return Executors.newCachedThreadPool();
  }

  CompletableFuture<Void> commonPool() {
    return CompletableFuture.runAsync(() -> {});
  }

  CompletableFuture<Void> jdkTimer(CompletableFuture<Void> future) {
    return future.orTimeout(1, TimeUnit.SECONDS);
  }

  long parallel(List<String> list) {
    return list.parallelStream().count();
  }

  String property() {
    return System.getProperty("a");
  }

  String environment() {
    return System.getenv("A");
  }

  Integer number() {
    return Integer.getInteger("a");
  }

  void log() {
    Logger.getLogger("a").info("a");
  }

  System.Logger systemLog() {
    return System.getLogger("a");
  }

  void print() {
    System.out.println("a");
  }

  void trace(Exception e) {
    e.printStackTrace();
  }

  boolean file() {
    return Files.exists(Path.of("a"));
  }

  HttpClient http() {
    return HttpClient.newHttpClient();
  }

  void socket(Socket socket) throws Exception {
    socket.close();
  }

  Instant now() {
    return Instant.now();
  }

  long millis() {
    return System.currentTimeMillis();
  }

  void sleep() throws InterruptedException {
    Thread.sleep(1);
  }

  Clock clock() {
    return Clock.systemUTC();
  }
}
