package io.podidentity.bin;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The probes, on all addresses. {@code /healthz} is AAD Pod Identity v1's: always 200, {@code
 * Active} or {@code Not Active}; a process that answers is alive, and MIC's followers must not be
 * restarted. {@code /readyz} is 200, or 503 with what is missing, a line each. Everything else is
 * 404: there is no profiler on this port.
 */
public final class HealthServer implements AutoCloseable {
  private final SideServer server;
  private final int port;

  /**
   * A server that is not started yet.
   *
   * @param port 0 for any free one
   * @param active whether the program does its work now; called on each probe, must be quick
   * @param missing what it still needs to do its work, for people, each in one line; empty if it is
   *     ready; called on each probe, must be quick
   */
  public HealthServer(int port, BooleanSupplier active, Supplier<List<String>> missing) {
    requireNonNull(active, "active");
    requireNonNull(missing, "missing");
    this.port = port;
    this.server = new SideServer(port, exchange -> answer(exchange, active, missing));
  }

  /**
   * Starts to answer.
   *
   * @return the address it listens on
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if the port cannot be had
   */
  public InetSocketAddress start() {
    try {
      return server.start();
    } catch (IOException | RuntimeException e) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          "cannot listen on port %d for probes: is it in use? choose another with --http-probe-port"
              .formatted(port),
          e);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  private static void answer(
      HttpServerExchange exchange, BooleanSupplier active, Supplier<List<String>> missing) {
    switch (exchange.getRequestPath()) {
      case "/healthz" ->
          SideServer.send(exchange, 200, active.getAsBoolean() ? "Active" : "Not Active");
      case "/readyz" -> {
        List<String> needed = missing.get();
        if (needed.isEmpty()) {
          SideServer.send(exchange, 200, "ready");
        } else {
          SideServer.send(exchange, 503, "not ready:\n" + String.join("\n", needed) + "\n");
        }
      }
      default -> SideServer.send(exchange, 404, "not found");
    }
  }
}
