package io.podidentity.example.custom;

import com.sun.net.httpserver.HttpServer;
import io.podidentity.api.embed.EmbedSettings;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.api.token.OperationMode;
import io.podidentity.azure.imds.ImdsTokenSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The program: a file of workloads, an address to listen on, and where IMDS is. */
public final class CustomBroker implements AutoCloseable {
  private static final int THREADS = 32;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final EmbeddedBroker broker;
  private final HttpServer server;

  /**
   * Starts it.
   *
   * @param file the workloads; see {@code hosts.txt}
   * @param listen where workloads ask
   * @param imds the metadata service, without a path
   * @throws IOException if the file cannot be read or the address cannot be used
   */
  public CustomBroker(Path file, InetSocketAddress listen, URI imds) throws IOException {
    // snippet: parts
    HostFile hosts = new HostFile(file);
    Clock clock = Clock.systemUTC();
    broker =
        new EmbeddedBroker(
            hosts,
            OperationMode.managed(hosts),
            Exemptions.of(namespace -> List.of()),
            new ImdsTokenSource(imds, Duration.ofSeconds(15), "custom-broker", clock),
            // The file does not change, so there is nothing to wait for.
            EmbedSettings.defaults()
                .withHolds(new HoldPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO)));
    // end
    server = HttpServer.create(listen, 128);
    server.createContext("/", new TokenEndpoint(broker, clock, threads));
    // Without one, a client that dawdles over its request holds up all others.
    server.setExecutor(threads);
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    broker.close();
    threads.shutdownNow();
  }

  /** Runs it: FILE ADDRESS PORT IMDS. With a loopback address for trying only: see README.md. */
  public static void main(String[] args) throws IOException {
    System.out.println("listening on " + start(args).address());
  }

  static CustomBroker start(String... args) throws IOException {
    InetSocketAddress listen = new InetSocketAddress(args[1], Integer.parseInt(args[2]));
    return new CustomBroker(Path.of(args[0]), listen, URI.create(args[3]));
  }
}
