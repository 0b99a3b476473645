package io.podidentity.k8s;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The JDK's builder of WebSockets, whose are {@link PingedWebSocket}s, or plain watches instead.
 */
final class PingedWebSocketBuilder implements WebSocket.Builder {
  private final HttpClient client;
  private final WebSocket.Builder builder;
  private final HttpRequest.Builder headers = HttpRequest.newBuilder();
  private final PlainWatches plain;
  private final Duration patience;
  private final ServerContact contact;
  private final WatchSockets sockets;

  /**
   * A builder.
   *
   * @param patience with a handshake; longer than it takes to connect
   */
  PingedWebSocketBuilder(
      HttpClient client,
      PlainWatches plain,
      Duration patience,
      ServerContact contact,
      WatchSockets sockets) {
    this.client = client;
    this.builder = client.newWebSocketBuilder();
    this.plain = plain;
    this.patience = patience;
    this.contact = contact;
    this.sockets = sockets;
  }

  @Override
  public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
    return plain
        .open(uri, () -> opened(uri, listener), client, headers, listener)
        .handle(
            (socket, error) -> {
              if (error != null) {
                Throwable cause = mendable(error);
                contact.watchFailed(cause);
                throw new CompletionException(cause);
              }
              contact.answered();
              return socket;
            });
  }

  /** Cancelled, and its connection closed, if that takes too long. */
  private CompletableFuture<WebSocket> opened(URI uri, WebSocket.Listener listener) {
    PingedWebSocket.Ears ears = new PingedWebSocket.Ears(listener, uri, sockets);
    CompletableFuture<WebSocket> handshake = builder.buildAsync(uri, ears);
    var unused =
        handshake
            .copy()
            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (any, late) -> {
                  // Unless it is being opened at this very moment.
                  if (late != null && ears.settle()) {
                    handshake.cancel(true);
                  }
                });
    return handshake.thenApply(ears::own);
  }

  @Override
  public WebSocket.Builder header(String name, String value) {
    headers.header(name, value);
    builder.header(name, value);
    return this;
  }

  @Override
  public WebSocket.Builder connectTimeout(Duration timeout) {
    builder.connectTimeout(timeout);
    return this;
  }

  @Override
  public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
    builder.subprotocols(mostPreferred, lesserPreferred);
    return this;
  }

  /**
   * After a handshake that is answered 503, fabric8 watches over plain HTTP, where there are no
   * pings, until that watch ends for good. An API server answers so while it starts; as an error of
   * the connection it is tried again.
   */
  private static Throwable mendable(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof WebSocketHandshakeException refused
            && refused.getResponse().statusCode() == HttpURLConnection.HTTP_UNAVAILABLE
        ? new IOException("the API server is not ready: WebSocket handshake answered 503", cause)
        : cause;
  }
}
