package io.podidentity.azure.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class BoundedCallsTest {
  /** The JDK's own time limit ends with the headers, and would wait here for ever. */
  @Test
  @Timeout(30)
  void aBodyThatNeverEndsIsGivenUpAtTheLimit() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> hungUp = CompletableFuture.runAsync(() -> trickle(server));
      BoundedCalls calls = new BoundedCalls(HttpClients.local(), Duration.ofMillis(300), 1024);
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort())).build();

      assertThatThrownBy(() -> calls.send(request)).isInstanceOf(HttpTimeoutException.class);

      // The connection is not left open behind the caller's back.
      hungUp.get(20, TimeUnit.SECONDS);
    }
  }

  /** Headers at once, then one byte after the other until the client is gone. */
  private static void trickle(ServerSocket server) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      socket.setSoTimeout(20);
      while (!isClosed(socket)) {
        out.write('x');
        out.flush();
      }
    } catch (IOException gone) {
      // What the test waits for.
    }
  }

  /** Also the pause between two bytes. */
  private static boolean isClosed(Socket socket) throws IOException {
    try {
      int read = socket.getInputStream().read();
      while (read >= 0) {
        read = socket.getInputStream().read();
      }
      return true;
    } catch (java.net.SocketTimeoutException stillThere) {
      return false;
    }
  }
}
