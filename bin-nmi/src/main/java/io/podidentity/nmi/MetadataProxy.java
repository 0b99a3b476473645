package io.podidentity.nmi;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import io.undertow.server.HttpServerExchange;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests on to the metadata service and its answers back as they come, bounded in time, in
 * size and in number. It adds no {@code X-Forwarded-For} and no {@code Via}, which IMDS refuses.
 * Thread-safe.
 */
final class MetadataProxy {
  private static final Logger log = LoggerFactory.getLogger(MetadataProxy.class);

  private static final long MAX_BODY = 1 << 20;

  /** From the request to the last byte of its answer. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Refusal BUSY =
      RefusalCause.METADATA_BUSY.refusal("too many metadata requests; try again", 1L);
  private static final Refusal UNREACHABLE =
      RefusalCause.METADATA_UNREACHABLE.refusal("the metadata service cannot be reached");
  private static final Refusal TOO_LONG =
      RefusalCause.METADATA_UNREACHABLE.refusal("the metadata service's answer is too long");
  private static final Refusal TOO_LATE =
      RefusalCause.METADATA_TIMEOUT.refusal("the metadata service did not answer in time");

  private final HttpClient client;
  private final Timer timer;
  private final MetadataBudget budget;
  private final Refuser refuser;
  private final Refusal stopping;
  private final AtomicBoolean unreachable = new AtomicBoolean();
  private final Map<HttpServerExchange, CompletableFuture<Consumer<HttpServerExchange>>>
      unanswered = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * A proxy for one service.
   *
   * @param client must use no proxy and follow no redirects
   */
  MetadataProxy(
      HttpClient client,
      Timer timer,
      MetadataBudget budget,
      ErrorResponses errors,
      Refuser refuser) {
    this.client = requireNonNull(client, "client");
    this.timer = requireNonNull(timer, "timer");
    this.budget = requireNonNull(budget, "budget");
    this.refuser = requireNonNull(refuser, "refuser");
    this.stopping =
        errors.toPod(new PodIdentityException(ErrorReason.SHUTTING_DOWN, "NMI is stopping"));
  }

  /** Refuses all requests that have no answer yet, and all that come. */
  void close() {
    closed = true;
    unanswered.values().forEach(this::refuseToStop);
  }

  private void refuseToStop(CompletableFuture<Consumer<HttpServerExchange>> answer) {
    answer.complete(waiting -> refuser.refuse(waiting, stopping));
  }

  /** Passes a request on, and ends the exchange with its answer or a refusal. */
  void pass(HttpServerExchange exchange, HttpRequest request) {
    InetAddress source = Exchanges.source(exchange);
    if (source == null || !budget.tryBegin(source)) {
      refuser.refuse(exchange, BUSY);
      return;
    }
    AnswerStream stream = new AnswerStream(exchange, MAX_BODY, UNREACHABLE);
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> call =
        client.sendAsync(request, BodyHandlers.ofPublisher());
    CompletableFuture<Consumer<HttpServerExchange>> answer = new CompletableFuture<>();
    Subscription alarm =
        timer.schedule(
            LIMIT,
            () -> {
              if (!answer.complete(waiting -> refuser.refuse(waiting, TOO_LATE))) {
                stream.abort();
              }
            });
    exchange.addExchangeCompleteListener(
        (ended, next) -> {
          budget.end(source);
          unanswered.remove(exchange);
          alarm.close();
          call.cancel(true);
          stream.cancel();
          // A body that nobody takes would keep its connection busy for ever.
          var unusedLate = call.thenAccept(response -> stream.take(response.body()));
          next.proceed();
        });
    var unused =
        call.whenComplete(
            (response, error) ->
                answer.complete(waiting -> answer(waiting, response, error, stream)));
    unanswered.put(exchange, answer);
    if (closed) {
      refuseToStop(answer);
    }
    Later.end(exchange, answer);
  }

  private void answer(
      HttpServerExchange exchange,
      @Nullable HttpResponse<Flow.Publisher<List<ByteBuffer>>> response,
      @Nullable Throwable error,
      AnswerStream stream) {
    if (response == null) {
      Throwable cause = error instanceof CompletionException ? error.getCause() : error;
      if (!unreachable.getAndSet(true)) {
        log.warn("metadata service cannot be reached error=\"{}\"", String.valueOf(cause));
      }
      refuser.refuse(exchange, UNREACHABLE);
      return;
    }
    if (unreachable.get() && unreachable.getAndSet(false)) {
      log.info("metadata service answers again");
    }
    long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (length > MAX_BODY) {
      refuser.refuse(exchange, TOO_LONG);
      return;
    }
    exchange.setStatusCode(response.statusCode());
    Exchanges.putHeaders(exchange, EndToEndHeaders.of(response.headers().map()));
    if (length >= 0) {
      exchange.setResponseContentLength(length);
    }
    stream.take(response.body());
  }
}
