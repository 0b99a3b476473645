package io.podidentity.k8s;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens watches where something on the way to the API server, such as a load balancer, drops {@code
 * Upgrade}. The handshake of a WebSocket is answered 200 then, with what the watch tells, and the
 * JDK's client reads that to its end. So a handshake that takes too long is given up, and the watch
 * opened over plain HTTP; those that follow are at once, until after a while one tries a WebSocket
 * again. Such a watch has no pings: so it has an end, after which fabric8 opens the next one where
 * it ended. Thread-safe.
 */
final class PlainWatches {
  private static final Logger log = LoggerFactory.getLogger(PlainWatches.class);

  private static final Pattern WATCH = Pattern.compile("(^|&)watch=true(&|$)");
  private static final Pattern TIMEOUT = Pattern.compile("([?&])timeoutSeconds=[^&]*");

  /** To a handshake, of whom does not know it; an API server says so of a request that is wrong. */
  private static final Set<Integer> REFUSALS = Set.of(200, 400, 426, 501);

  /** Doubled by each try. Short at first: the API server may have been slow, that once. */
  private static final Duration REST = Duration.ofMinutes(1);

  private static final Duration LONGEST_REST = Duration.ofMinutes(32);

  private final Duration length;
  private final Duration longest;
  private final LongSupplier nanoTime;
  private @Nullable Long nextTry;
  private Duration rest = REST;

  /**
   * Watches of a client.
   *
   * @param ping after two of which without a sign of life a WebSocket is given up; the API server
   *     is asked to end plain watches after three, and half of one later they are given up
   */
  PlainWatches(Duration ping) {
    this(ping, System::nanoTime);
  }

  PlainWatches(Duration ping, LongSupplier nanoTime) {
    this.length = ping.multipliedBy(3);
    this.longest = length.plus(ping.dividedBy(2));
    this.nanoTime = nanoTime;
  }

  /**
   * Opens a watch.
   *
   * @param handshake opens the WebSocket; cancelled if it has taken too long
   * @param headers of the handshake
   */
  CompletableFuture<WebSocket> open(
      URI uri,
      Supplier<CompletableFuture<WebSocket>> handshake,
      HttpClient client,
      HttpRequest.Builder headers,
      WebSocket.Listener listener) {
    if (uri.getRawQuery() == null || !WATCH.matcher(uri.getRawQuery()).find()) {
      return handshake.get();
    }
    HttpRequest request = headers.copy().uri(plain(uri)).build();
    if (!mayTry()) {
      return PlainWatch.open(client, request, listener, longest);
    }
    return handshake
        .get()
        .whenComplete(
            (socket, error) -> {
              if (error == null) {
                upgraded();
              }
            })
        .exceptionallyCompose(
            error ->
                isRefusal(error)
                    ? PlainWatch.open(client, request, listener, longest)
                        .whenComplete(
                            (watch, other) -> {
                              if (other == null) {
                                refused();
                              }
                            })
                    : CompletableFuture.failedFuture(error));
  }

  /** Always, until one was refused; then one at a time. */
  private synchronized boolean mayTry() {
    if (nextTry == null) {
      return true;
    }
    long now = nanoTime.getAsLong();
    if (now - nextTry < 0) {
      return false;
    }
    rest = rest.compareTo(LONGEST_REST) < 0 ? rest.multipliedBy(2) : rest;
    nextTry = now + rest.toNanos();
    return true;
  }

  private synchronized void upgraded() {
    if (nextTry != null) {
      log.info("WebSockets reach the API server");
    }
    nextTry = null;
    rest = REST;
  }

  /** Not before a plain watch has been answered: nobody might be there. */
  private synchronized void refused() {
    if (nextTry == null) {
      log.warn(
          "a WebSocket to the API server was not opened, watching over plain HTTP: anew every={}s"
              + " trying again after={}s",
          length.toSeconds(),
          rest.toSeconds());
      nextTry = nanoTime.getAsLong() + rest.toNanos();
    }
  }

  private static boolean isRefusal(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof CancellationException
        || (cause instanceof WebSocketHandshakeException answered
            && REFUSALS.contains(answered.getResponse().statusCode()));
  }

  /** {@code ws} is {@code http}, and {@code wss} is {@code https}. */
  private URI plain(URI uri) {
    String http = "http" + uri.toString().substring("ws".length());
    String end = "timeoutSeconds=" + Math.max(1, length.toSeconds());
    Matcher other = TIMEOUT.matcher(http);
    return URI.create(other.find() ? other.replaceAll("$1" + end) : http + "&" + end);
  }
}
