package io.podidentity.testkit.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server, plain or TLS, that records its requests and has a fault dial. It listens on
 * the address given and on no other. Close it to free the port and its threads.
 */
public final class SimulatorServer implements AutoCloseable {
  private static final int THREADS = 16;

  static {
    // The JDK's server reads these once. Without the first, an answer on a kept connection can wait
    // 40 ms for an acknowledgement; without the second, it drops idle connections after 30 s, which
    // a client may notice only when its next request fails.
    setDefault("sun.net.httpserver.nodelay", "true");
    setDefault("sun.net.httpserver.idleInterval", "600");
  }

  private final String name;
  private final HttpServer server;
  private final ExecutorService threads;
  private final RequestLog requests = new RequestLog();
  private final Faults faults = new Faults();
  private final AtomicLong numbers = new AtomicLong();
  private final URI uri;

  private SimulatorServer(
      String name, HttpServer server, boolean tls, Clock clock, Handler handler) {
    this.name = name;
    this.server = server;
    this.threads = Executors.newFixedThreadPool(THREADS, daemons(name));
    this.uri = uriOf(server.getAddress(), tls);
    ExchangeRunner runner = new ExchangeRunner(handler, faults, threads);
    server.setExecutor(threads);
    server.createContext("/", exchange -> accept(exchange, runner, clock));
    server.start();
  }

  /**
   * Starts a server.
   *
   * @param name for its threads and messages
   * @param address to listen on; port 0 takes a free one
   * @param tls serves HTTPS with this context; null serves plain HTTP
   * @param clock stamps the recorded requests
   * @throws UncheckedIOException if the address cannot be used, naming it
   */
  public static SimulatorServer start(
      String name,
      InetSocketAddress address,
      @Nullable SSLContext tls,
      Clock clock,
      Handler handler) {
    try {
      HttpServer server = tls == null ? HttpServer.create() : HttpsServer.create();
      if (tls != null) {
        ((HttpsServer) server).setHttpsConfigurator(new HttpsConfigurator(tls));
      }
      server.bind(address, 256);
      return new SimulatorServer(name, server, tls != null, clock, handler);
    } catch (IOException e) {
      throw new UncheckedIOException("start " + name + " on " + address + ": " + e.getMessage(), e);
    }
  }

  /** Where it listens, without a path, for example {@code http://127.0.0.1:40123}. */
  public URI uri() {
    return uri;
  }

  /** The address it listens on, with the port it got. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** What it was asked. */
  public RequestLog requests() {
    return requests;
  }

  /** How it is made to misbehave. */
  public Faults faults() {
    return faults;
  }

  @Override
  public void close() {
    faults.clear();
    server.stop(0);
    threads.shutdownNow();
    try {
      // So that nothing of it is left when the next test looks; a handler never blocks for long.
      threads.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name + " at " + uri;
  }

  private void accept(HttpExchange exchange, ExchangeRunner runner, Clock clock)
      throws IOException {
    RecordedRequest request = Exchanges.read(exchange, numbers.incrementAndGet(), clock.instant());
    requests.add(request);
    CompletableFuture<?> done = runner.run(exchange, request);
    done.exceptionally(
        failure -> {
          exchange.close();
          return null;
        });
  }

  private static URI uriOf(InetSocketAddress address, boolean tls) {
    String host = address.getAddress().getHostAddress();
    if (address.getAddress() instanceof Inet6Address) {
      host = "[" + host + "]";
    }
    return URI.create((tls ? "https://" : "http://") + host + ":" + address.getPort());
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
