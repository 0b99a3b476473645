package io.podidentity.k8s;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches where something on the way to the API server, such as a load balancer, drops {@code
 * Upgrade}: the handshake of a WebSocket is answered 200, with what the watch tells. fabric8 then
 * watches over plain HTTP, where there are no pings. So each such watch has an end: the API server
 * is asked to end it, and if it does not, the connection is given up as dead. fabric8 opens the
 * next one where the last ended.
 *
 * <p>But the JDK's client reads the answer to a handshake to its end, which of fabric8's watches
 * comes after ten minutes. So until one WebSocket has been opened each handshake is tried first
 * with a watch that ends soon. Thread-safe.
 */
final class PlainWatches {
  private static final Logger log = LoggerFactory.getLogger(PlainWatches.class);

  private static final Pattern WATCH = Pattern.compile("(^|&)watch=true(&|$)");
  private static final Pattern TIMEOUT = Pattern.compile("([?&])timeoutSeconds=[^&]*");
  private static final Duration TRIAL = Duration.ofSeconds(1);

  private final Duration length;
  private final Duration patience;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean upgrades;

  /**
   * Watches of a client.
   *
   * @param ping after two of which without a sign of life a WebSocket is given up; plain watches
   *     are given up after three and a half, whatever they told
   */
  PlainWatches(Duration ping) {
    this.length = ping.multipliedBy(3);
    this.patience = length.plus(ping.dividedBy(2));
  }

  /** Opens a WebSocket, after a trial if it is not known yet that there can be any. */
  CompletableFuture<WebSocket> open(
      WebSocket.Builder builder, URI uri, WebSocket.Listener listener) {
    if (upgrades || !isWatch(uri)) {
      return builder.buildAsync(uri, listener);
    }
    return builder
        .buildAsync(ending(uri, TRIAL), new WebSocket.Listener() {})
        .thenCompose(
            trial -> {
              upgrades = true;
              trial.abort();
              return builder.buildAsync(uri, listener);
            });
  }

  /** The request; one for a watch with an end. */
  HttpRequest bounded(HttpRequest request) {
    if (!isWatch(request.uri())) {
      return request;
    }
    if (!told.getAndSet(true)) {
      log.warn(
          "something on the way to the API server does not let WebSockets pass; watching over plain"
              + " HTTP, anew after={}s",
          length.toSeconds());
    }
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .uri(ending(request.uri(), length))
        .timeout(patience)
        .build();
  }

  /** Handles the answer to a request as the other handler does; that to a watch for so long. */
  <T> HttpResponse.BodyHandler<T> bounded(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return isWatch(request.uri())
        ? info -> new EndingBody<>(handler.apply(info), patience)
        : handler;
  }

  private static boolean isWatch(URI uri) {
    return uri.getRawQuery() != null && WATCH.matcher(uri.getRawQuery()).find();
  }

  private static URI ending(URI uri, Duration after) {
    String end = "timeoutSeconds=" + after.toSeconds();
    Matcher other = TIMEOUT.matcher(uri.toString());
    return URI.create(other.find() ? other.replaceAll("$1" + end) : uri + "&" + end);
  }
}
