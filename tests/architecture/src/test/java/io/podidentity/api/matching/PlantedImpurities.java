package io.podidentity.api.matching;

import java.lang.ref.Cleaner;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.logging.Logger;
import java.util.stream.LongStream;

/** What podidentity-api must not do, on purpose. */
@SuppressWarnings("all")
public final class PlantedImpurities {
  static int counter;
  static final byte[] array = {1};
  static final AtomicInteger shared = new AtomicInteger();
  static final ThreadLocal<String> local = new ThreadLocal<>();

  static final List<String> list = new ArrayList<>();
  static final Map<String, String> map = new HashMap<>();
  static final StringBuilder builder = new StringBuilder();
  static final Holder holder = new Holder();
  static final Queue<String> queue = new ArrayDeque<>();

  static final Map<String, AtomicInteger> tallies = Map.of("a", new AtomicInteger());
  static final List<List<String>> nested = List.of(new ArrayList<>());
  static final IntSupplier capturing = new AtomicInteger()::incrementAndGet;
  static final Comparator<String> comparator =
      Comparator.comparing(new HashMap<String, Integer>()::get);
  static final Holding holding = new Holding(new ArrayList<>());

  record Holding(List<String> held) {}

  static final class Holder {
    int held;
  }

  void newThread() {
    new Thread(() -> {}).start();
  }

  Function<Runnable, Thread> threadReference() {
    return Thread::new;
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

  Timer timer() {
    return new Timer();
  }

  LongStream parallelSequence() {
    return LongStream.range(0, 9).parallel();
  }

  Cleaner cleaner() {
    return Cleaner.create();
  }

  SubmissionPublisher<String> publisher() {
    return new SubmissionPublisher<>();
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

  int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  Locale locale() {
    return Locale.getDefault();
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
}
