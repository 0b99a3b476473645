package io.podidentity.testkit.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A proxy for https on a free loopback port: whatever is asked for by {@code CONNECT}, it leads to
 * one server, so that a test needs no name to be resolved and reaches nobody else.
 *
 * <p>Source: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6.
 */
public final class ConnectProxy implements AutoCloseable {
  private static final String AUTHORIZATION = "proxy-authorization:";

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final @Nullable String authorization;
  private final List<String> targets = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private ConnectProxy(
      ServerSocket listener, InetSocketAddress server, @Nullable String authorization) {
    this.listener = listener;
    this.server = server;
    this.authorization = authorization;
    run(this::accept);
  }

  /**
   * Starts one.
   *
   * @param server where every tunnel leads
   * @param authorization the value of {@code Proxy-Authorization} that clients have to send; null
   *     if they need not
   */
  public static ConnectProxy to(URI server, @Nullable String authorization) {
    try {
      return new ConnectProxy(
          new ServerSocket(0, 0, InetAddress.getLoopbackAddress()),
          new InetSocketAddress(server.getHost(), server.getPort()),
          authorization);
    } catch (IOException e) {
      throw new UncheckedIOException("start a proxy on loopback: " + e.getMessage(), e);
    }
  }

  /** {@code 127.0.0.1:PORT}. */
  public String address() {
    return listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
  }

  /** What it was asked to connect to, as {@code HOST:PORT}, refused requests included. */
  public List<String> targets() {
    return List.copyOf(targets);
  }

  @Override
  public void close() {
    close(listener);
    open.forEach(ConnectProxy::close);
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      open.add(client);
      run(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    String[] request = line(in).split(" ", -1);
    String given = null;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase(Locale.ROOT).startsWith(AUTHORIZATION)) {
        given = header.substring(AUTHORIZATION.length()).strip();
      }
    }
    if (request.length != 3 || !request[0].equals("CONNECT")) {
      answer(client, "405 Method Not Allowed\r\nAllow: CONNECT");
      return;
    }
    targets.add(request[1]);
    if (authorization != null && !authorization.equals(given)) {
      answer(client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"");
      return;
    }
    Socket tunnel = new Socket(server.getAddress(), server.getPort());
    open.add(tunnel);
    client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    run(() -> pass(tunnel, client));
    pass(client, tunnel);
  }

  /** Reads no further than the line's end: what follows the head is the tunnel's. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != -1 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private static void answer(Socket client, String head) throws IOException {
    client
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + head + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    close(client);
  }

  private static void pass(Socket from, Socket to) throws IOException {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    }
  }

  private static void run(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // One end is gone; so is the other, then.
              }
            },
            "connect-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException("close a socket", e);
    }
  }

  private interface Task {
    void run() throws IOException;
  }
}
