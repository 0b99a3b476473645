package io.podidentity.harness.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In front of a server that sends back what it is sent. */
final class RelayTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final ServerSocket server = Relay.onLoopback(ServerSocketFactory.getDefault());
  private final URI url = URI.create("tcp://127.0.0.1:" + server.getLocalPort());
  private Relay relay;

  @BeforeEach
  void start() {
    Thread echoes = new Thread(this::echo, "echo");
    echoes.setDaemon(true);
    echoes.start();
    relay = Relay.to(url);
  }

  @AfterEach
  void stop() throws IOException {
    relay.close();
    server.close();
  }

  @Test
  void whatIsSaidIsPassedOnBothWays() throws IOException {
    try (Socket client = connect(relay)) {
      say(client, "hello");

      assertThat(hear(client, 5)).isEqualTo("hello");
    }
    assertThat(relay.accepted()).isEqualTo(1);
    assertThat(relay.sent()).isEqualTo(1);
    assertThat(relay.lost()).isZero();
  }

  @Test
  void whatOneSideEndsEndsOnTheOther() throws IOException {
    try (Socket client = connect(relay)) {
      say(client, "end");

      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void forgottenConnectionLosesWhatIsSentAndStaysOpen() throws IOException {
    try (Socket old = connect(relay)) {
      say(old, "hello");
      assertThat(hear(old, 5)).isEqualTo("hello");

      relay.forgetConnections();
      say(old, "end");

      Await.until("it is lost", SOON, () -> relay.lost() == 1);
      try (Socket other = connect(relay)) {
        say(other, "hello");
        assertThat(hear(other, 5)).as("on a new one").isEqualTo("hello");
      }
      relay.close();
      assertThat(old.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void whileItIsSilentNewConnectionsAreForgottenToo() throws IOException {
    relay.fallSilent();
    try (Socket client = connect(relay)) {
      say(client, "hello");
      Await.until("it is lost", SOON, () -> relay.lost() == 1);
    }

    relay.speakAgain();

    try (Socket client = connect(relay)) {
      say(client, "hello");
      assertThat(hear(client, 5)).isEqualTo("hello");
    }
  }

  @Test
  void whatIsSaidMayBeChanged() throws IOException {
    Relay.Talk loud =
        new Relay.Talk() {
          @Override
          public void ask(InputStream client, OutputStream server) throws IOException {
            server.write('>');
            Relay.Talk.super.ask(client, server);
          }

          @Override
          public byte[] hear(byte[] piece) {
            return new String(piece, US_ASCII).toUpperCase(Locale.ROOT).getBytes(US_ASCII);
          }
        };
    try (Relay changing =
            new Relay(
                Relay.onLoopback(ServerSocketFactory.getDefault()),
                url,
                SocketFactory.getDefault(),
                () -> loud);
        Socket client = connect(changing)) {
      say(client, "hello");

      assertThat(hear(client, 6)).isEqualTo(">HELLO");
    }
  }

  @Test
  void whereNoServerIsTheConnectionEnds() throws IOException {
    server.close();
    try (Socket client = connect(relay)) {
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
  }

  private static Socket connect(Relay relay) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port());
    socket.setSoTimeout(Math.toIntExact(SOON.toMillis()));
    return socket;
  }

  private static void say(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String hear(Socket client, int length) throws IOException {
    return new String(client.getInputStream().readNBytes(length), US_ASCII);
  }

  /** Of each connection; it ends one that says so. */
  private void echo() {
    while (!server.isClosed()) {
      try {
        Socket accepted = server.accept();
        Thread thread = new Thread(() -> echo(accepted), "echo");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private static void echo(Socket client) {
    byte[] buffer = new byte[100];
    try (client) {
      InputStream in = client.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (new String(buffer, 0, read, US_ASCII).equals("end")) {
          return;
        }
        client.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Ended by the other side.
    }
  }
}
