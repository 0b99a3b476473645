package io.podidentity.testkit.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one request through holds, faults and the handler to its answer, without blocking. */
final class ExchangeRunner {
  private static final Logger log = LoggerFactory.getLogger(ExchangeRunner.class);
  private static final Reply GARBAGE =
      new Reply(
          200,
          java.util.Map.of("Content-Type", "application/json; charset=utf-8"),
          "<<<\u0000 this is { not JSON");

  private final Handler handler;
  private final Faults faults;
  private final Executor executor;

  ExchangeRunner(Handler handler, Faults faults, Executor executor) {
    this.handler = handler;
    this.faults = faults;
    this.executor = executor;
  }

  CompletableFuture<?> run(HttpExchange exchange, RecordedRequest request) {
    @Nullable Fault fault = faults.take(request).orElse(null);
    return waitAt(Hold.Point.BEFORE_HANDLING, request)
        .thenCompose(go -> delay(fault))
        .thenCompose(go -> reply(fault, request))
        .thenCompose(reply -> waitAt(Hold.Point.BEFORE_ANSWER, request).thenApply(go -> reply))
        .thenAccept(reply -> answer(exchange, fault, reply));
  }

  private CompletableFuture<Void> waitAt(Hold.Point point, RecordedRequest request) {
    List<Hold> holds = faults.holdsAt(point, request);
    if (holds.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<?>[] gates =
        holds.stream().map(hold -> hold.arrive(request)).toArray(CompletableFuture<?>[]::new);
    // On a thread of this server: whoever releases the gate must not do the work.
    return CompletableFuture.allOf(gates).thenRunAsync(() -> {}, executor);
  }

  private CompletableFuture<Void> delay(@Nullable Fault fault) {
    if (fault == null || fault.delay().isZero()) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.runAsync(() -> {}, delayed(fault.delay(), executor));
  }

  private CompletableFuture<Reply> reply(@Nullable Fault fault, RecordedRequest request) {
    Fault.Kind kind = fault == null ? Fault.Kind.SLOW : fault.kind();
    return switch (kind) {
      case REPLY ->
          CompletableFuture.completedFuture(java.util.Objects.requireNonNull(fault).reply());
      case GARBAGE -> CompletableFuture.completedFuture(GARBAGE);
      case HANG_UP -> CompletableFuture.completedFuture(Reply.empty(500));
      case SLOW, TRUNCATED, HANG_UP_AFTERWARDS -> handled(request);
    };
  }

  private CompletableFuture<Reply> handled(RecordedRequest request) {
    try {
      CompletableFuture<Reply> reply =
          handler.handle(request).exceptionally(failure -> broken(request, failure));
      // On a thread of this server: whoever has the answer later must not write it.
      return reply.isDone() ? reply : reply.thenApplyAsync(same -> same, executor);
    } catch (RuntimeException failure) {
      return CompletableFuture.completedFuture(broken(request, failure));
    }
  }

  private static Reply broken(RecordedRequest request, Throwable failure) {
    log.error("simulator failed request={}", request, failure);
    return Reply.text(500, "The simulator failed: " + failure);
  }

  private static void answer(HttpExchange exchange, @Nullable Fault fault, Reply reply) {
    Fault.Kind kind = fault == null ? Fault.Kind.SLOW : fault.kind();
    try {
      switch (kind) {
        case HANG_UP, HANG_UP_AFTERWARDS -> exchange.close();
        case TRUNCATED -> Exchanges.writeHalf(exchange, reply);
        case REPLY, SLOW, GARBAGE -> Exchanges.write(exchange, reply);
      }
    } catch (IOException clientWentAway) {
      throw new UncheckedIOException(clientWentAway);
    }
  }

  static Executor delayed(Duration by, Executor executor) {
    return CompletableFuture.delayedExecutor(by.toNanos(), TimeUnit.NANOSECONDS, executor);
  }
}
