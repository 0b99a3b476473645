package io.podidentity.harness.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/**
 * A piece of network between clients and a server, which may end TLS on both sides, change what is
 * said, and lose what is sent on the connections that are open, as a firewall that has forgotten
 * them does. A connection that one side ends, the relay ends on both. Thread-safe.
 */
public final class Relay implements AutoCloseable {
  /** Room for the whole head of an answer. */
  static final int PIECE = 1 << 16;

  /**
   * What becomes of what is said on one connection; as it stands, all of it is passed on. Each
   * method has a thread of its own, and ends the connection by an {@link IOException}.
   */
  public interface Talk {
    /** Passes on what the client says, and ends the connection when it returns. */
    default void ask(InputStream client, OutputStream server) throws IOException {
      byte[] buffer = new byte[PIECE];
      for (int read = client.read(buffer); read >= 0; read = client.read(buffer)) {
        server.write(buffer, 0, read);
      }
    }

    /** What the client hears of a piece that the server said; nothing if that is empty. */
    default byte[] hear(byte[] piece) throws IOException {
      return piece;
    }
  }

  private final ServerSocket listener;
  private final URI server;
  private final SocketFactory toServer;
  private final Supplier<? extends Talk> talks;
  private final ExecutorService threads = Executors.newCachedThreadPool(Relay::daemon);
  private final Set<RelayedConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean silent;

  /**
   * A relay that serves from now on.
   *
   * @param listener plain, or with TLS; the relay closes it
   * @param server its host and port count
   * @param toServer makes the connections to it
   * @param talks gives each connection its own
   */
  public Relay(
      ServerSocket listener, URI server, SocketFactory toServer, Supplier<? extends Talk> talks) {
    this.listener = listener;
    this.server = server;
    this.toServer = toServer;
    this.talks = talks;
    threads.execute(this::accept);
  }

  /** A relay on the loopback interface that passes on each byte as it is, TLS or not. */
  public static Relay to(URI server) {
    return new Relay(
        onLoopback(ServerSocketFactory.getDefault()),
        server,
        SocketFactory.getDefault(),
        () -> new Talk() {});
  }

  /** Listens at a free port of the loopback interface. */
  public static ServerSocket onLoopback(ServerSocketFactory sockets) {
    try {
      return sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections there have been. */
  public int accepted() {
    return accepted.get();
  }

  /** How often something came from a client: once or more for each request. */
  public int sent() {
    return sent.get();
  }

  /** How much of that arrived nowhere. */
  public int lost() {
    return lost.get();
  }

  /** From now on nothing that is sent on the open connections arrives; new ones work. */
  public void forgetConnections() {
    connections.forEach(RelayedConnection::forget);
  }

  /** From now on nothing arrives at all: connections are accepted, and nobody answers. */
  public void fallSilent() {
    silent = true;
    forgetConnections();
  }

  /** New connections work again. */
  public void speakAgain() {
    silent = false;
  }

  /** Ends all connections. */
  @Override
  public void close() {
    closeQuietly(listener);
    threads.shutdownNow();
    connections.forEach(RelayedConnection::cut);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        accepted.incrementAndGet();
        threads.execute(() -> serve(client));
      } catch (IOException | RejectedExecutionException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket client) {
    try {
      Socket peer = toServer.createSocket(server.getHost(), server.getPort());
      RelayedConnection connection = new RelayedConnection(client, peer, talks.get(), this::count);
      connections.add(connection);
      if (silent) {
        connection.forget();
      }
      if (listener.isClosed()) {
        connection.cut();
      }
      threads.execute(connection::answers);
      connection.requests();
    } catch (IOException | RejectedExecutionException e) {
      // The server is away, or the relay closed.
      closeQuietly(client);
    }
  }

  private void count(boolean isLost) {
    sent.incrementAndGet();
    if (isLost) {
      lost.incrementAndGet();
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    return thread;
  }

  static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // Nothing can be done about it.
    }
  }
}
