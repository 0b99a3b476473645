package io.podidentity.bin;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.InetSocketAddress;

/** A small HTTP server for those who operate the program, on all addresses of both families. */
final class SideServer implements AutoCloseable {
  private static final int IDLE_MILLIS = 30_000;

  private final Undertow server;

  /**
   * A server that is not started yet.
   *
   * @param port 0 for any free one
   * @param handler called on the one thread of the server; must not block
   */
  SideServer(int port, HttpHandler handler) {
    this.server =
        Undertow.builder()
            // To Java the wildcard of both families, where the machine has both.
            .addHttpListener(port, "0.0.0.0")
            .setIoThreads(1)
            .setWorkerThreads(1)
            .setBufferSize(1024)
            .setDirectBuffers(false)
            .setServerOption(UndertowOptions.IDLE_TIMEOUT, IDLE_MILLIS)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, IDLE_MILLIS)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 1024L)
            .setHandler(handler)
            .build();
  }

  /**
   * Starts to answer.
   *
   * @return the address it listens on
   * @throws RuntimeException if the port cannot be had
   */
  InetSocketAddress start() {
    server.start();
    return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
  }

  @Override
  public void close() {
    server.stop();
  }

  /** Answers in plain text. */
  static void send(HttpServerExchange exchange, int status, String body) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    exchange.getResponseSender().send(body);
  }
}
