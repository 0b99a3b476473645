package io.podidentity.nmi;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests on to the metadata service and its answers back: GET alone, bounded in time, in
 * size and in number. It adds no {@code X-Forwarded-For} and no {@code Via}, which IMDS refuses.
 * Thread-safe.
 */
final class MetadataProxy {
  private static final Logger log = LoggerFactory.getLogger(MetadataProxy.class);

  private static final int MAX_BODY = 1 << 20;
  private static final int MAX_AT_ONCE = 8;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Answer TOO_LATE =
      new Refusal(504, "metadata-unavailable", "the metadata service did not answer in time")
          .answer();

  private final HttpClient client;
  private final URI service;
  private final Timer timer;
  private final Semaphore free = new Semaphore(MAX_AT_ONCE);

  /**
   * A proxy for one service.
   *
   * @param client must use no proxy and follow no redirects
   * @param service the service's address, without a path
   */
  MetadataProxy(HttpClient client, URI service, Timer timer) {
    this.client = requireNonNull(client, "client");
    this.service = requireNonNull(service, "service");
    this.timer = requireNonNull(timer, "timer");
  }

  /**
   * Passes a request on.
   *
   * @param path plain
   * @param query as it came; may be empty
   * @param headers end to end
   * @return never fails; cancelling it gives the request up
   */
  CompletableFuture<Answer> get(String path, String query, Map<String, String> headers) {
    HttpRequest request;
    try {
      URI target = URI.create(service + path + (query.isEmpty() ? "" : "?" + query));
      HttpRequest.Builder builder = HttpRequest.newBuilder(target).GET();
      headers.forEach(builder::setHeader);
      request = builder.build();
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(
          new Refusal(400, "invalid-request", "the query or a header is malformed").answer());
    }
    if (!free.tryAcquire()) {
      return CompletableFuture.completedFuture(
          new Refusal(503, "metadata-busy", "too many metadata requests at once; try again", 1L)
              .answer());
    }
    return send(request);
  }

  private CompletableFuture<Answer> send(HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> call =
        client.sendAsync(request, info -> new LimitedBody(MAX_BODY));
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Subscription alarm = timer.schedule(LIMIT, () -> answer.complete(TOO_LATE));
    var unusedEnd =
        answer.whenComplete(
            (value, error) -> {
              call.cancel(true);
              alarm.close();
            });
    var unused =
        call.whenComplete(
            (response, error) -> {
              free.release();
              if (!answer.isDone()) {
                answer.complete(response == null ? unreachable(error) : toAnswer(response));
              }
            });
    return answer;
  }

  private static Answer toAnswer(HttpResponse<byte[]> response) {
    return new Answer(
        response.statusCode(),
        EndToEndHeaders.of(response.headers().map()),
        ByteBuffer.wrap(response.body()));
  }

  private static Answer unreachable(@Nullable Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    log.warn("metadata request failed error={}", String.valueOf(cause));
    return new Refusal(502, "metadata-unavailable", "the metadata service cannot be reached")
        .answer();
  }
}
