package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Options;

/** The HTTP server of pods and of the node. What a client can cost is bounded. */
final class NmiServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NmiServer.class);

  /** A token request fits into one buffer, and so does its answer. */
  private static final int BUFFER = 8 * 1024;

  private static final int MAX_HEADERS_SIZE = 16 * 1024;
  private static final int MAX_HEADERS = 64;
  private static final int MAX_PARAMETERS = 32;

  /** Nothing here reads a body; a small one is skipped, so that its connection can go on. */
  private static final long MAX_BODY = 16 * 1024;

  private static final int BACKLOG = 1024;
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration PARSE = Duration.ofSeconds(10);

  /** For what comes beside the hold: fetching the token, and a slow client. */
  private static final Duration BESIDE_HOLD = Duration.ofMinutes(1);

  private final Undertow server;
  private final String address;
  private final int port;
  private final InFlight inFlight;
  private final Runnable wakeWaiting;
  private final Duration stopBound;
  private volatile boolean started;

  /**
   * A server that does not listen yet.
   *
   * @param port 0 for any free one
   * @param longestHold how long a request may be held before its answer
   * @param wakeWaiting has the requests that wait answered at once
   * @param stopBound how long a stop waits for the last answers
   */
  NmiServer(
      String address,
      int port,
      HttpHandler handler,
      Duration longestHold,
      Runnable wakeWaiting,
      Duration stopBound) {
    this.address = address;
    this.port = port;
    this.inFlight = new InFlight(handler);
    this.wakeWaiting = wakeWaiting;
    this.stopBound = stopBound;
    int longest = (int) longestHold.plus(BESIDE_HOLD).toMillis();
    this.server =
        Undertow.builder()
            .addHttpListener(port, address)
            .setHandler(inFlight)
            .setIoThreads(Math.min(2, Runtime.getRuntime().availableProcessors()))
            // Nothing here blocks; Undertow wants at least one.
            .setWorkerThreads(1)
            .setBufferSize(BUFFER)
            .setDirectBuffers(true)
            .setSocketOption(Options.BACKLOG, BACKLOG)
            // The router reads paths as they come.
            .setServerOption(UndertowOptions.DECODE_URL, false)
            .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
            // Go sends no such header in HTTP/1.1.
            .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
            // An answer must not wait for the one behind it.
            .setServerOption(UndertowOptions.BUFFER_PIPELINED_DATA, false)
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADERS_SIZE)
            .setServerOption(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
            .setServerOption(UndertowOptions.MAX_PARAMETERS, MAX_PARAMETERS)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, MAX_BODY)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) PARSE.toMillis())
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, (int) IDLE.toMillis())
            // Counts while a request is held, too.
            .setServerOption(UndertowOptions.IDLE_TIMEOUT, longest)
            .build();
  }

  /**
   * Listens.
   *
   * @return the address it listens on
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if it cannot
   */
  InetSocketAddress start() {
    try {
      server.start();
    } catch (RuntimeException e) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          ("cannot listen on %s:%d: is the port in use, or the address not this node's? choose"
                  + " others with --nmi-port and --nmi-listen-address")
              .formatted(address, port),
          e);
    }
    started = true;
    return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
  }

  /** How many requests have no answer yet. */
  int inFlight() {
    return inFlight.count();
  }

  /**
   * Answers what waits, gives the last answers a moment to leave, and ends. Whoever asks meanwhile
   * is told to come back: a refused connection would say less. (Undertow can stop to accept
   * connections only by closing those that there are.)
   */
  @Override
  public void close() {
    if (!started) {
      return;
    }
    inFlight.stop();
    wakeWaiting.run();
    try {
      if (!inFlight.awaitNone(stopBound)) {
        log.warn("stopping with requests unanswered count={}", inFlight.count());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop();
  }
}
