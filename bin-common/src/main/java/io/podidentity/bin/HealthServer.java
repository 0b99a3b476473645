package io.podidentity.bin;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;

/**
 * The probes, on all addresses. {@code /healthz} is AAD Pod Identity v1's: always 200, {@code
 * Active} or {@code Not Active}; a process that answers is alive, and MIC's followers must not be
 * restarted. {@code /readyz} is 200 or 503. Everything else is 404: there is no profiler on this
 * port.
 */
public final class HealthServer implements AutoCloseable {
  private static final int IDLE_MILLIS = 30_000;

  private final Undertow server;
  private final int port;

  /**
   * A server that is not started yet.
   *
   * @param port 0 for any free one
   * @param active whether the program does its work now; called on each probe, must be quick
   * @param ready whether it can do its work; called on each probe, must be quick
   */
  public HealthServer(int port, BooleanSupplier active, BooleanSupplier ready) {
    requireNonNull(active, "active");
    requireNonNull(ready, "ready");
    this.port = port;
    this.server =
        Undertow.builder()
            .addHttpListener(port, "0.0.0.0")
            .setIoThreads(1)
            .setWorkerThreads(1)
            .setBufferSize(1024)
            .setDirectBuffers(false)
            .setServerOption(UndertowOptions.IDLE_TIMEOUT, IDLE_MILLIS)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, IDLE_MILLIS)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 1024L)
            .setHandler(exchange -> answer(exchange, active, ready))
            .build();
  }

  /**
   * Starts to answer.
   *
   * @return the address it listens on
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if the port cannot be had
   */
  public InetSocketAddress start() {
    try {
      server.start();
    } catch (RuntimeException e) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          "cannot listen on port %d for probes: is it in use? choose another with --http-probe-port"
              .formatted(port),
          e);
    }
    return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
  }

  @Override
  public void close() {
    server.stop();
  }

  private static void answer(
      HttpServerExchange exchange, BooleanSupplier active, BooleanSupplier ready) {
    switch (exchange.getRequestPath()) {
      case "/healthz" -> send(exchange, 200, active.getAsBoolean() ? "Active" : "Not Active");
      case "/readyz" -> {
        boolean ok = ready.getAsBoolean();
        send(exchange, ok ? 200 : 503, ok ? "ready" : "not ready");
      }
      default -> send(exchange, 404, "not found");
    }
  }

  private static void send(HttpServerExchange exchange, int status, String body) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    exchange.getResponseSender().send(body);
  }
}
