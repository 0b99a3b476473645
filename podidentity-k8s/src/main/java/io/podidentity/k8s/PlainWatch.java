package io.podidentity.k8s;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A watch over plain HTTP, for whoever expects a WebSocket: each line of the answer is a message.
 * There are no pings, so it is given up after a while whatever it told. Thread-safe.
 */
final class PlainWatch implements WebSocket, Flow.Subscriber<String> {
  /** As for any request. */
  private static final Duration OPENING = Duration.ofSeconds(10);

  private final Listener listener;
  private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> stop = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile Flow.@Nullable Subscription lines;

  private PlainWatch(Listener listener) {
    this.listener = listener;
  }

  /**
   * Opens one.
   *
   * @param client has threads of its own, which tell the listener
   * @param longest after which its connection is taken for dead
   * @return fails with a {@link WebSocketHandshakeException} if the answer is not 200
   */
  static CompletableFuture<WebSocket> open(
      HttpClient client, HttpRequest request, Listener listener, Duration longest) {
    PlainWatch watch = new PlainWatch(listener);
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            request,
            info ->
                info.statusCode() == HttpURLConnection.HTTP_OK
                    ? HttpResponse.BodySubscribers.fromLineSubscriber(
                        watch, any -> "", StandardCharsets.UTF_8, "\n")
                    : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8));
    // The JDK's client has its answers on the JVM's common pool, where nobody may wait.
    var unusedEnd = answer.whenCompleteAsync(watch::ended, client.executor().orElseThrow());
    var unusedStop = watch.stop.thenRun(() -> answer.cancel(true));
    var unusedAlarm = watch.stop.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS);
    // A request's own timeout is that of its whole body on JDK 26 and newer.
    var unusedOpening =
        watch
            .opened
            .copy()
            .orTimeout(OPENING.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (socket, late) -> {
                  if (late != null) {
                    watch.stop.complete(null);
                  }
                });
    return watch.opened;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    lines = subscription;
    listener.onOpen(this);
    opened.complete(this);
  }

  @Override
  public void onNext(String line) {
    if (!closed) {
      var unused = listener.onText(this, line, true);
    }
  }

  /** The answer ends then. */
  @Override
  public void onError(Throwable error) {}

  /** The answer ends then. */
  @Override
  public void onComplete() {}

  private void ended(@Nullable HttpResponse<String> answer, @Nullable Throwable error) {
    boolean asked = closed;
    closed = true;
    stop.complete(null);
    if (answer != null && answer.statusCode() != HttpURLConnection.HTTP_OK) {
      opened.completeExceptionally(new WebSocketHandshakeException(answer));
    } else if (error != null && !opened.isDone()) {
      opened.completeExceptionally(problem(error, "the API server does not answer"));
    } else if (error == null || asked) {
      var unused = listener.onClose(this, NORMAL_CLOSURE, "");
    } else {
      listener.onError(this, problem(error, "its end is due, and does not come"));
    }
  }

  private static Throwable problem(Throwable error, String whenGivenUp) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof CancellationException
        ? new HttpTimeoutException("watch over plain HTTP: " + whenGivenUp)
        : cause;
  }

  @Override
  public void request(long n) {
    Flow.Subscription subscription = lines;
    if (subscription != null) {
      subscription.request(n);
    }
  }

  @Override
  public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
    abort();
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void abort() {
    closed = true;
    stop.complete(null);
  }

  /** Nothing is sent, and nothing comes. */
  @Override
  public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
    return unsendable();
  }

  @Override
  public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
    return unsendable();
  }

  private static CompletableFuture<WebSocket> unsendable() {
    return CompletableFuture.failedFuture(new IOException("a watch only tells"));
  }

  @Override
  public String getSubprotocol() {
    return "";
  }

  @Override
  public boolean isOutputClosed() {
    return closed;
  }

  @Override
  public boolean isInputClosed() {
    return closed;
  }
}
