package io.podidentity.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.podidentity.harness.kube.KubernetesApi;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;

/**
 * Stands before an API server, ends TLS, and knows of HTTP what such things do: it may drop {@code
 * Upgrade}, as one does that was not told to let it pass. For requests without a body.
 */
final class LoadBalancer implements AutoCloseable {
  private final ServerSocket listener;
  private final URI server;
  private final SocketFactory trust;
  private final boolean dropsUpgrade;
  private final Duration delay;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<AtomicBoolean> live = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /**
   * One that listens on a free port of the loopback interface.
   *
   * @param delay of each watch
   */
  LoadBalancer(KubernetesApi api, boolean dropsUpgrade, Duration delay) {
    Config config = KubernetesClients.fromFile(api.adminKubeconfig());
    this.server = URI.create(config.getMasterUrl());
    this.dropsUpgrade = dropsUpgrade;
    this.delay = delay;
    try {
      this.trust = SSLUtils.sslContext(config).getSocketFactory();
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    threads.execute(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort() + "/";
  }

  /** Lists, so far. */
  long lists() {
    return requests.stream().filter(head -> !head.contains("watch=true")).count();
  }

  /** Watches that were asked for as WebSockets, so far. */
  long handshakes() {
    return requests.stream().filter(head -> header(head, "Upgrade")).count();
  }

  /** Watches over plain HTTP, so far. */
  long plainWatches() {
    return requests.size() - lists() - handshakes();
  }

  /** From now on nothing that is sent on the open connections arrives; new ones work. */
  void forgetConnections() {
    live.forEach(connection -> connection.set(false));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    closeQuietly(listener);
    sockets.forEach(LoadBalancer::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket client) {
    AtomicBoolean alive = new AtomicBoolean(true);
    live.add(alive);
    try (Socket peer = trust.createSocket(server.getHost(), server.getPort())) {
      sockets.add(peer);
      threads.execute(() -> answers(peer, client, alive));
      InputStream in = new BufferedInputStream(client.getInputStream());
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        requests.add(head);
        if (head.contains("watch=true")) {
          TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        }
        peer.getOutputStream().write(passed(head).getBytes(StandardCharsets.ISO_8859_1));
        if (!dropsUpgrade && header(head, "Upgrade")) {
          in.transferTo(peer.getOutputStream());
        }
      }
    } catch (IOException e) {
      // Ended by one side.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (alive.get()) {
      closeQuietly(client);
    }
  }

  private static void answers(Socket from, Socket to, AtomicBoolean alive) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (alive.get()) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      // Ended by one side.
    }
    if (alive.get()) {
      closeQuietly(to);
    }
  }

  private String passed(String head) {
    return dropsUpgrade
        ? head.replaceAll("(?i)\r\n(Upgrade|Connection|Sec-WebSocket-[a-z]+):[^\r]*", "")
        : head;
  }

  private static boolean header(String head, String name) {
    return head.lines().anyMatch(line -> line.regionMatches(true, 0, name + ":", 0, name.length()));
  }

  /** Up to the empty line; empty at the end of the connection. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // Nothing can be done about it.
    }
  }
}
