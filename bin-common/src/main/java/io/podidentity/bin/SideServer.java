package io.podidentity.bin;

import io.podidentity.bin.http.HttpListener;
import io.podidentity.bin.http.ServerLimits;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A small HTTP server for those who operate the program, on all addresses of both families. Every
 * pod reaches it, and it shares the program's heap: what a client can cost is bounded.
 */
final class SideServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A node's kubelet and its Prometheus need one or two each. */
  private static final ServerLimits LIMITS =
      new ServerLimits(PATIENCE, PATIENCE, PATIENCE, 32, 256);

  private final int port;
  private final HttpListener listener;

  /**
   * A server that is not started yet.
   *
   * @param port 0 for any free one
   * @param handler called on the one thread of the server; must not block
   */
  SideServer(int port, HttpHandler handler) {
    this.port = port;
    this.listener = new HttpListener("side", 1, handler, LIMITS);
  }

  /**
   * Starts to answer.
   *
   * @return the address it listens on
   * @throws IOException if the port cannot be had
   */
  InetSocketAddress start() throws IOException {
    try {
      // To Java the wildcard of both families, where the machine has both.
      return listener.start(List.of(new InetSocketAddress("0.0.0.0", port)));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  @Override
  public void close() {
    listener.close();
  }

  /** Answers in plain text. */
  static void send(HttpServerExchange exchange, int status, String body) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    exchange.getResponseSender().send(body);
  }
}
