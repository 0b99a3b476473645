package io.podidentity.e2e;

import io.podidentity.harness.net.Relay;
import io.podidentity.harness.net.RequestHead;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
  private final Relay relay;
  private final Gate gate;
  private final List<Calls> upgraded = new CopyOnWriteArrayList<>();

  /**
   * A proxy that listens on a free port of the loopback interface.
   *
   * @param listening plain, or with TLS
   * @param trust for the connections to the server
   */
  GateProxy(ServerSocketFactory listening, URI server, SSLContext trust, Gate gate) {
    this.gate = gate;
    this.relay =
        new Relay(Relay.onLoopback(listening), server, trust.getSocketFactory(), Calls::new);
  }

  int port() {
    return relay.port();
  }

  /**
   * From now on nothing comes any more on the upgraded connections that were asked for until now
   * with that in the request line. Gives how many these are.
   */
  int hold(String requested) {
    List<Calls> found =
        upgraded.stream().filter(calls -> calls.requestLine.contains(requested)).toList();
    found.forEach(calls -> calls.held = true);
    return found.size();
  }

  @Override
  public void close() {
    relay.close();
  }

  /** Those of one connection. */
  private final class Calls implements Relay.Talk {
    private final AtomicReference<@Nullable String> pending = new AtomicReference<>();
    private volatile String requestLine = "";
    private volatile boolean held;

    @Override
    public void ask(InputStream client, OutputStream server) throws IOException {
      InputStream in = new BufferedInputStream(client);
      for (RequestHead head = RequestHead.read(in); head != null; head = RequestHead.read(in)) {
        byte[] body = body(head, in);
        String call = Gate.call(head.line());
        if (call != null && !gate.mayPass("before", call)) {
          return;
        }
        pending.set(call);
        server.write(head.bytes());
        server.write(body);
        if (head.header("upgrade") != null) {
          requestLine = head.line();
          upgraded.add(this);
          Relay.Talk.super.ask(in, server);
        }
      }
    }

    @Override
    public byte[] hear(byte[] piece) throws IOException {
      String call = pending.getAndSet(null);
      if (call != null && !gate.mayPass("after", call)) {
        throw new IOException("cut off");
      }
      return held ? new byte[0] : piece;
    }
  }

  private static byte[] body(RequestHead head, InputStream in) throws IOException {
    String length = head.header("content-length");
    if (length != null) {
      return in.readNBytes(Integer.parseInt(length));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if ("chunked".equalsIgnoreCase(head.header("transfer-encoding"))) {
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
}
