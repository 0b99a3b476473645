package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What anyone who reaches the ports of probes and metrics can do to the process, which serves
 * tokens in a heap of 64 MiB.
 */
class SideServerTest {
  private static final String HOSTILE = "127.0.0.2";
  private static final int PATIENCE_MILLIS = 20_000;

  private final SideServer server =
      new SideServer(0, exchange -> SideServer.send(exchange, 200, "ok"));
  private final List<Socket> sockets = new ArrayList<>();
  private int port;

  @BeforeEach
  void start() throws IOException {
    port = server.start().getPort();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  // Sixty of these ended the process.
  @Test
  void headerWithoutAnEndIsNotKept() throws IOException {
    Socket hostile = connect(HOSTILE);

    write(hostile, "GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(1_000_000));

    assertThat(isOver(hostile)).isTrue();
    assertIsServed("127.0.0.1");
  }

  @Test
  void headersWithoutAnEndAreNotKept() throws IOException {
    Socket hostile = connect(HOSTILE);

    write(hostile, "GET / HTTP/1.1\r\nHost: x\r\n" + "A: 1\r\n".repeat(65));

    assertThat(isOver(hostile)).isTrue();
    assertIsServed("127.0.0.1");
  }

  @Test
  void whoOpensManyConnectionsHasFewAndKeepsNobodyOut() throws IOException {
    for (int i = 0; i < 200; i++) {
      connect(HOSTILE);
    }

    for (Socket late : sockets.subList(100, 200)) {
      assertThat(isOver(late)).isTrue();
    }
    assertIsServed("127.0.0.1");
  }

  /** As a tenant's pods together can have: else the kubelet's probe would find no place. */
  @Test
  void whoHasAllPlacesTogetherKeepsTheNodeItselfOutNeither() throws IOException {
    for (int pod = 0; pod < 60; pod++) {
      for (int i = 0; i < 32; i++) {
        connect("127.0.1." + (pod + 1));
      }
    }

    assertThat(isOver(connect("127.0.2.1"))).as("another pod finds no place").isTrue();
    assertIsServed("127.0.0.1");
  }

  private void assertIsServed(String source) throws IOException {
    Socket socket = connect(source);
    write(socket, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
        .startsWith("HTTP/1.1 200 ");
  }

  private Socket connect(String source) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  /** The other side may close the connection meanwhile. */
  private static void write(Socket socket, String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // Asked for with isOver.
    }
  }

  /** Whether the other side closes the connection, whatever it sends before. */
  private static boolean isOver(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }
}
