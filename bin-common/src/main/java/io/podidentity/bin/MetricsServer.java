package io.podidentity.bin;

import io.podidentity.bin.http.Places;
import io.podidentity.bin.metrics.MetricRegistry;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * {@code /metrics}, on all addresses, as in AAD Pod Identity v1; everything else is 404. Anyone who
 * reaches the port may scrape: there are few scrapes at once, and none lasts long.
 */
public final class MetricsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);

  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Each holds a text in memory until it is sent. */
  private static final int AT_ONCE = 16;

  private static final int AT_ONCE_FOR_ONE_ADDRESS = 2;

  /** Prometheus' own limit for a scrape. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Places<InetAddress> places = new Places<>(AT_ONCE);
  private final SideServer server;
  private final int port;

  /**
   * A server that is not started yet.
   *
   * @param port 0 for any free one
   */
  public MetricsServer(int port, MetricRegistry metrics) {
    this.port = port;
    this.server =
        new SideServer(
            port,
            exchange -> {
              if (exchange.getRequestPath().equals("/metrics")) {
                scrape(exchange, metrics);
              } else {
                SideServer.send(exchange, 404, "not found");
              }
            });
  }

  /**
   * Starts to answer. If the port cannot be had, that is logged, and no metrics are served: as in
   * v1, the program goes on.
   *
   * @return the address it listens on; empty if it does not
   */
  public Optional<InetSocketAddress> start() {
    try {
      return Optional.of(server.start());
    } catch (IOException | RuntimeException e) {
      log.error(
          "no metrics are served: cannot listen on port {}; choose another with --prometheus-port"
              + " error={}",
          port,
          String.valueOf(e));
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    server.close();
  }

  private void scrape(HttpServerExchange exchange, MetricRegistry metrics) {
    if (!exchange.getRequestMethod().equals(Methods.GET)
        && !exchange.getRequestMethod().equals(Methods.HEAD)) {
      SideServer.send(exchange, 405, "GET only");
      return;
    }
    InetSocketAddress peer = exchange.getSourceAddress();
    InetAddress source = peer == null ? null : peer.getAddress();
    if (source == null || !places.tryTake(source, AT_ONCE_FOR_ONE_ADDRESS)) {
      SideServer.send(exchange, 503, "too many scrapes");
      return;
    }
    XnioExecutor.Key alarm =
        exchange
            .getIoThread()
            .executeAfter(
                () -> IoUtils.safeClose(exchange.getConnection()),
                LIMIT.toMillis(),
                TimeUnit.MILLISECONDS);
    exchange.addExchangeCompleteListener(
        (ended, next) -> {
          alarm.remove();
          places.giveBack(source);
          next.proceed();
        });
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, TYPE);
    exchange
        .getResponseSender()
        .send(ByteBuffer.wrap(metrics.text().getBytes(StandardCharsets.UTF_8)));
  }
}
