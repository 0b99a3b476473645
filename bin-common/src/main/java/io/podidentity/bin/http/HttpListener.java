package io.podidentity.bin.http;

import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * A listening socket that speaks HTTP with Undertow. Undertow's own builder can neither limit
 * connections by their source nor stop to accept without closing what there is. What a client can
 * cost is bounded. Thread-safe once it is started.
 */
public final class HttpListener implements AutoCloseable {
  /** A token request fits into one buffer. */
  private static final int BUFFER = 4 * 1024;

  /**
   * Of the line and the headers together; what Azure's SDKs send takes less than 1 KiB. Undertow
   * counts whole buffers, so that a request that begins at the end of one needs two.
   */
  private static final int MAX_HEADERS_SIZE = 2 * BUFFER;

  private static final int MAX_HEADERS = 64;
  private static final int MAX_PARAMETERS = 32;

  /** Few read a body; a small one that nobody reads is skipped, so that its connection goes on. */
  private static final long MAX_BODY = 16 * 1024;

  private static final int BACKLOG = 1024;
  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final String name;
  private final int threads;
  private final HttpOpenListener http;
  private final ConnectionLimit limit;
  private @Nullable XnioWorker worker;
  private final List<AcceptingChannel<StreamConnection>> sockets = new CopyOnWriteArrayList<>();

  /**
   * A listener that does not listen yet.
   *
   * @param name of its threads
   * @param threads how many read requests and call the handler
   * @param handler must not block; paths come to it as they were sent
   */
  public HttpListener(String name, int threads, HttpHandler handler, ServerLimits limits) {
    this.name = name;
    this.threads = threads;
    this.http = new HttpOpenListener(new Buffers(true, BUFFER), options(limits));
    http.setRootHandler(handler);
    this.limit = new ConnectionLimit(http, limits.perSource(), limits.connections());
  }

  /** Loads what a listener needs, which {@link #start} would do otherwise; takes a while. */
  public static void load() {
    Xnio.getInstance(HttpListener.class.getClassLoader());
  }

  private static OptionMap options(ServerLimits limits) {
    return OptionMap.builder()
        // The router reads paths as they come.
        .set(UndertowOptions.DECODE_URL, false)
        .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
        // Go sends no such header in HTTP/1.1.
        .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
        // An answer must not wait for the one behind it.
        .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
        .set(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADERS_SIZE)
        .set(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
        .set(UndertowOptions.MAX_PARAMETERS, MAX_PARAMETERS)
        .set(UndertowOptions.MAX_ENTITY_SIZE, MAX_BODY)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, millis(limits.parse()))
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, millis(limits.idle()))
        // Counts while a request is held, too.
        .set(UndertowOptions.IDLE_TIMEOUT, millis(limits.hold()))
        .getMap();
  }

  /** As Undertow takes it: 24 days at most. */
  static int millis(Duration limit) {
    return (int) Math.min(Integer.MAX_VALUE, limit.toMillis());
  }

  /**
   * Listens.
   *
   * @return the first address it listens on
   * @throws IOException if it cannot listen on all
   */
  public InetSocketAddress start(List<InetSocketAddress> addresses) throws IOException {
    XnioWorker started =
        Xnio.getInstance(HttpListener.class.getClassLoader())
            .createWorker(
                OptionMap.builder()
                    .set(Options.WORKER_NAME, name)
                    .set(Options.WORKER_IO_THREADS, threads)
                    // Nothing here blocks; XNIO wants at least one.
                    .set(Options.WORKER_TASK_CORE_THREADS, 1)
                    .set(Options.WORKER_TASK_MAX_THREADS, 1)
                    .set(Options.THREAD_DAEMON, true)
                    .getMap());
    worker = started;
    for (InetSocketAddress address : addresses) {
      sockets.add(listen(started, address));
    }
    sockets.forEach(AcceptingChannel::resumeAccepts);
    return sockets.get(0).getLocalAddress(InetSocketAddress.class);
  }

  private AcceptingChannel<StreamConnection> listen(XnioWorker started, InetSocketAddress address)
      throws IOException {
    return started.createStreamConnectionServer(
        address,
        ChannelListeners.openListenerAdapter(limit),
        OptionMap.builder()
            .set(Options.WORKER_IO_THREADS, threads)
            .set(Options.TCP_NODELAY, true)
            .set(Options.REUSE_ADDRESSES, true)
            .set(Options.BACKLOG, BACKLOG)
            .getMap());
  }

  /** How many connections there are. */
  public int connections() {
    return limit.count();
  }

  /** Accepts no more connections; those that there are go on. */
  public void stopAccepting() {
    sockets.forEach(IoUtils::safeClose);
    sockets.clear();
  }

  /** Closes all connections, and ends. */
  @Override
  public void close() {
    stopAccepting();
    http.closeConnections();
    if (worker != null) {
      worker.shutdownNow();
      try {
        // Its connections are closed by its threads.
        worker.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
