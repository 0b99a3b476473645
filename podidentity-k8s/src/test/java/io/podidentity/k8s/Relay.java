package io.podidentity.k8s;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A piece of network between a client and a server, on the loopback interface, that can lose what
 * is sent on the connections that are open, as a firewall that has forgotten them does.
 */
final class Relay implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<AtomicBoolean> live = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean silent;

  private Relay(ServerSocket listener, InetSocketAddress server) {
    this.listener = listener;
    this.server = server;
  }

  static Relay to(URI url) {
    try {
      Relay relay =
          new Relay(
              new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
              new InetSocketAddress(url.getHost(), url.getPort()));
      relay.threads.execute(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  int accepted() {
    return accepted.get();
  }

  /** How often something came from a client: once or more for each request. */
  int sent() {
    return sent.get();
  }

  /** How much of that arrived nowhere. */
  int lost() {
    return lost.get();
  }

  /** From now on nothing that is sent on the open connections arrives; new ones work. */
  void forgetConnections() {
    live.forEach(connection -> connection.set(false));
  }

  /** From now on nothing arrives at all: connections are accepted, and nobody answers. */
  void fallSilent() {
    silent = true;
    forgetConnections();
  }

  /** New connections work again. */
  void speakAgain() {
    silent = false;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    closeQuietly(listener);
    sockets.forEach(Relay::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket peer = new Socket(server.getAddress(), server.getPort());
        accepted.incrementAndGet();
        sockets.add(client);
        sockets.add(peer);
        AtomicBoolean alive = new AtomicBoolean(!silent);
        live.add(alive);
        threads.execute(() -> pump(client, peer, alive, sent, lost));
        threads.execute(() -> pump(peer, client, alive, new AtomicInteger(), new AtomicInteger()));
      } catch (IOException e) {
        // Closed, or the server is away: the next one may have more luck.
      }
    }
  }

  private static void pump(
      Socket from, Socket to, AtomicBoolean alive, AtomicInteger count, AtomicInteger lost) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        count.incrementAndGet();
        if (alive.get()) {
          out.write(buffer, 0, read);
        } else {
          lost.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // Ended by one side or by close().
    }
    if (alive.get()) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // Nothing can be done about it.
    }
  }
}
