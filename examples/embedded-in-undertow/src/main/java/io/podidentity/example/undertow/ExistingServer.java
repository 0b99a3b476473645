package io.podidentity.example.undertow;

import io.micrometer.core.instrument.MeterRegistry;
import io.podidentity.api.embed.EmbedSettings;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.embed.Workloads;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.api.token.OperationMode;
import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A server that has had other work until now, and is given a token endpoint. */
public final class ExistingServer implements AutoCloseable {
  private final EmbeddedBroker broker;
  private final Undertow server;

  /**
   * Starts it on a free port of the loopback address.
   *
   * @param workloads who may ask, and for what
   * @param source where tokens come from
   * @param meters the server's own registry
   * @param hold how long a request waits for its workload to become known
   */
  public ExistingServer(
      Workloads workloads, TokenSource source, MeterRegistry meters, Duration hold) {
    broker =
        new EmbeddedBroker(
            workloads,
            OperationMode.managed(workloads),
            Exemptions.of(namespace -> List.of()),
            source,
            EmbedSettings.defaults()
                .withHolds(new HoldPolicy(hold, Duration.ZERO, Duration.ZERO))
                .withTelemetry(new MeteredTelemetry(meters)));
    PathHandler routes =
        new PathHandler()
            .addExactPath("/hello", exchange -> exchange.getResponseSender().send("hello"))
            .addExactPath("/token", new TokenHandler(broker));
    server = Undertow.builder().addHttpListener(0, "127.0.0.1", routes).setIoThreads(1).build();
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
  }

  /** The broker first, so that requests that wait are answered before the server goes. */
  @Override
  public void close() {
    broker.close();
    server.stop();
  }
}
