package io.podidentity.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of an HTTPS server, and stops at a {@link Gate} before each of its calls goes on
 * to it and before its answer goes back. HTTP/1.1 without pipelining; upgraded connections pass
 * through.
 */
final class GateProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final URI server;
  private final SSLContext trust;
  private final Gate gate;
  private final ExecutorService threads = Executors.newCachedThreadPool(GateProxy::daemon);
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  // The request lines of the connections that were upgraded, by the server's side of each.
  private final Map<Socket, String> upgraded = new ConcurrentHashMap<>();
  private final Set<Socket> held = ConcurrentHashMap.newKeySet();

  /**
   * A proxy that listens on a free port of the loopback interface.
   *
   * @param listening plain, or with TLS
   * @param trust for the connections to the server
   */
  GateProxy(ServerSocketFactory listening, URI server, SSLContext trust, Gate gate) {
    this.server = server;
    this.trust = trust;
    this.gate = gate;
    try {
      this.listener = listening.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /**
   * From now on nothing comes any more on the upgraded connections that are open now and were asked
   * for with that in the request line. Gives how many these are.
   */
  int hold(String requested) {
    upgraded.forEach(
        (server, line) -> {
          if (line.contains(requested)) {
            held.add(server);
          }
        });
    return held.size();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    closeQuietly(listener);
    sockets.forEach(GateProxy::closeQuietly);
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
    try (client;
        Socket peer = trust.getSocketFactory().createSocket(server.getHost(), server.getPort())) {
      sockets.add(peer);
      AtomicReference<Gate.@Nullable Call> pending = new AtomicReference<>();
      threads.execute(() -> answers(peer, client, pending));
      requests(new BufferedInputStream(client.getInputStream()), peer, pending);
    } catch (IOException e) {
      // Ended by one side.
    }
  }

  private void requests(InputStream in, Socket peer, AtomicReference<Gate.@Nullable Call> pending)
      throws IOException {
    OutputStream out = peer.getOutputStream();
    for (String head = head(in); head != null; head = head(in)) {
      byte[] body = body(head, in);
      Gate.Call call = Gate.Call.of(head);
      if (call != null && !gate.mayPass("before", call)) {
        return;
      }
      pending.set(call);
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
      if (header(head, "upgrade") != null) {
        upgraded.put(peer, head.lines().findFirst().orElse(""));
        in.transferTo(out);
      }
    }
  }

  private void answers(Socket from, Socket to, AtomicReference<Gate.@Nullable Call> pending) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        Gate.Call call = pending.getAndSet(null);
        if (call != null && !gate.mayPass("after", call)) {
          return;
        }
        if (held.contains(from)) {
          continue;
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // Ended by one side.
    }
  }

  /** Up to the empty line; null at the end of the connection. */
  private static @Nullable String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static byte[] body(String head, InputStream in) throws IOException {
    String length = header(head, "content-length");
    if (length != null) {
      return in.readNBytes(Integer.parseInt(length));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if ("chunked".equalsIgnoreCase(header(head, "transfer-encoding"))) {
      int size;
      do {
        String line = line(in);
        size = Integer.parseInt(line.strip(), 16);
        body.writeBytes(line.getBytes(StandardCharsets.ISO_8859_1));
        body.writeBytes(in.readNBytes(size + 2));
      } while (size > 0);
    }
    return body.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.append((char) next);
      if (next == '\n') {
        break;
      }
    }
    return line.toString();
  }

  private static @Nullable String header(String head, String name) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .findFirst()
        .map(line -> line.substring(name.length() + 1).strip())
        .orElse(null);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "gate-proxy");
    thread.setDaemon(true);
    return thread;
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // Nothing can be done about it.
    }
  }
}
