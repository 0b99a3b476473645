package io.podidentity.nmi;

import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/** What handlers ask of an exchange, in one place. */
final class Exchanges {
  private static final HttpString METADATA = new HttpString("Metadata");

  /** A pod that has just started has its pin by then. */
  private static final long UNPINNED_RETRY_SECONDS = 2;

  private static final byte[] NODE = {127, 0, 0, 1};

  /** For {@link #isForwarded}. */
  static final Refusal FORWARDED =
      RefusalCause.FORWARDED.refusal(
          "request carries X-Forwarded-For, Via or Forwarded:"
              + " ask directly, not through a proxy (NO_PROXY)");

  private Exchanges() {}

  /** Whether the header {@code Metadata} is exactly {@code true}, as v1 and IMDS want it. */
  static boolean hasMetadataHeader(HttpServerExchange exchange) {
    return "true".equals(exchange.getRequestHeaders().getFirst(METADATA));
  }

  /**
   * Whether a request came through a proxy: its source address is not the pod's then. IMDS refuses
   * some of these too.
   */
  static boolean isForwarded(HttpServerExchange exchange) {
    HeaderMap headers = exchange.getRequestHeaders();
    return headers.contains(Headers.X_FORWARDED_FOR)
        || headers.contains(Headers.VIA)
        || headers.contains(Headers.FORWARDED);
  }

  /** Whether a request comes from the node's own 127.0.0.1; a pod's address never is. */
  static boolean isNodeItself(InetAddress source) {
    return Arrays.equals(source.getAddress(), NODE);
  }

  /**
   * Why a request is refused for its source address alone; null if it is not, or if there is none.
   * What else came over the connection came in the same way: it ends.
   */
  static @Nullable Refusal unpinned(HttpServerExchange exchange, SourceGate gate) {
    InetAddress source = source(exchange);
    if (source == null || isNodeItself(source) || gate.admits(source)) {
      return null;
    }
    exchange.setPersistent(false);
    return RefusalCause.SOURCE_NOT_PINNED.refusal(
        "it is not known from which interface "
            + source.getHostAddress()
            + " comes, so that it may be another pod's request (--source-pinning=enforce)",
        UNPINNED_RETRY_SECONDS);
  }

  /** The other end's address; null if it has none any more. */
  static @Nullable InetAddress source(HttpServerExchange exchange) {
    InetSocketAddress peer = exchange.getSourceAddress();
    return peer == null ? null : peer.getAddress();
  }

  /** A header's first value; empty if there is none. */
  static String header(HttpServerExchange exchange, HttpString name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /**
   * Lets go of the headers and the query, which have been read. A request may wait for minutes, and
   * a client may send thousands.
   */
  static void forgetRequest(HttpServerExchange exchange) {
    exchange.getRequestHeaders().clear();
    exchange.getQueryParameters().clear();
    exchange.setQueryString("");
  }

  /** Sends an answer, and ends the exchange. */
  static void send(HttpServerExchange exchange, Answer answer) {
    exchange.setStatusCode(answer.status());
    exchange.setResponseContentLength(answer.body().remaining());
    putHeaders(exchange, answer.headers());
    exchange.getResponseSender().send(answer.body().duplicate(), EndExchange.INSTANCE);
    if (!exchange.isComplete()) {
      closeIfNotTaken(exchange);
    }
  }

  /** Undertow's own limit does not end a connection whose client reads nothing. */
  private static void closeIfNotTaken(HttpServerExchange exchange) {
    ServerConnection connection = exchange.getConnection();
    int millis = connection.getUndertowOptions().get(UndertowOptions.IDLE_TIMEOUT, 0);
    XnioExecutor.Key alarm =
        exchange
            .getIoThread()
            .executeAfter(() -> IoUtils.safeClose(connection), millis, TimeUnit.MILLISECONDS);
    exchange.addExchangeCompleteListener(
        (ended, next) -> {
          alarm.remove();
          next.proceed();
        });
  }

  /** Sets headers of the answer. */
  static void putHeaders(HttpServerExchange exchange, Map<String, String> headers) {
    for (Map.Entry<String, String> header : headers.entrySet()) {
      exchange.getResponseHeaders().put(headerName(header.getKey()), header.getValue());
    }
  }

  private static HttpString headerName(String name) {
    HttpString known = Headers.fromCache(name);
    return known == null ? new HttpString(name) : known;
  }
}
