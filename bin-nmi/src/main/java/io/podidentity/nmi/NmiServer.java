package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.bin.http.HttpListener;
import io.podidentity.bin.http.ServerLimits;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server of pods and of the node. What a client can cost is bounded. */
final class NmiServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NmiServer.class);

  private static final int MAX_THREADS = 2;

  /** For what comes beside the hold: fetching the token, and a slow client. */
  private static final Duration BESIDE_HOLD = Duration.ofMinutes(1);

  /** A pod's clients keep a few open; one that keeps no token may open a thousand at its start. */
  private static final int PER_SOURCE = 1024;

  /** Each takes up to 6 KiB of a heap of 64 MiB while its request waits. */
  private static final int CONNECTIONS = 4 * 1024;

  /** For refusals to leave. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  private final List<InetSocketAddress> addresses;
  private final HttpListener listener;
  private final InFlight inFlight;
  private final Runnable wakeWaiting;
  private final Runnable refuseAll;
  private final Duration stopBound;
  private volatile boolean started;
  private volatile boolean stopping;

  /**
   * A server that does not listen yet.
   *
   * @param addresses at least one; port 0 for any free one
   * @param wakeWaiting has the requests that wait answered at once
   * @param refuseAll has the requests that have no answer yet refused
   * @param stopBound how long a stop lets what is under way go on
   */
  NmiServer(
      List<InetSocketAddress> addresses,
      HttpHandler handler,
      ServerLimits limits,
      Runnable wakeWaiting,
      Runnable refuseAll,
      Duration stopBound) {
    this.addresses = List.copyOf(addresses);
    this.inFlight = new InFlight(handler);
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    this.listener = new HttpListener("nmi", threads, inFlight, limits);
    this.wakeWaiting = wakeWaiting;
    this.refuseAll = refuseAll;
    this.stopBound = stopBound;
  }

  /** The defaults, for a server that holds requests that long. */
  static ServerLimits limits(Duration longestHold) {
    return new ServerLimits(
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        longestHold.plus(BESIDE_HOLD),
        PER_SOURCE,
        CONNECTIONS);
  }

  /**
   * Listens.
   *
   * @return the first address it listens on
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if it cannot
   */
  InetSocketAddress start() {
    try {
      InetSocketAddress bound = listener.start(addresses);
      started = true;
      return bound;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          ("cannot listen on %s:%d: is the port in use, or the address not this node's? choose"
                  + " others with --nmi-port and --nmi-listen-address")
              .formatted(names(), addresses.get(0).getPort()),
          e);
    }
  }

  /** Whether it listens, and goes on to. */
  boolean isListening() {
    return started && !stopping;
  }

  private String names() {
    return addresses.stream()
        .map(InetSocketAddress::getHostString)
        .collect(Collectors.joining(" and "));
  }

  /** How many requests have no answer yet. */
  int inFlight() {
    return inFlight.count();
  }

  /** How many connections there are. */
  int connections() {
    return listener.connections();
  }

  /**
   * Accepts no more connections, answers what waits, lets what is under way go on within the bound,
   * refuses the rest, and ends. Whoever asks meanwhile on a connection that is open is told to come
   * back.
   */
  @Override
  public void close() {
    if (!started) {
      return;
    }
    stopping = true;
    listener.stopAccepting();
    inFlight.stop();
    wakeWaiting.run();
    try {
      if (!inFlight.awaitNone(stopBound)) {
        log.warn("stopping before all requests were served count={}", inFlight.count());
        refuseAll.run();
        inFlight.awaitNone(LAST_ANSWERS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.close();
  }
}
