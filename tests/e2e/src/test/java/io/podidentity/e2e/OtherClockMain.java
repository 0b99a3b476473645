package io.podidentity.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/**
 * An API server whose clock is another one: passes on to the real one what is said to it without
 * TLS, and moves the time that each answer says that it was given at. Its arguments: the port to
 * listen at, the API server's URL, and by how many seconds.
 */
public final class OtherClockMain {
  /** The API server writes what is before an answer's body at once. */
  private static final Pattern DATE = Pattern.compile("(?<=\\r\\nDate: )[^\\r]+(?=\\r\\n)");

  private OtherClockMain() {}

  /** Serves until it is ended. */
  public static void main(String[] arguments) throws IOException {
    URI server = URI.create(arguments[1]);
    Duration by = Duration.ofSeconds(Long.parseLong(arguments[2]));
    SocketFactory sockets = MicWorld.trustsAll().getSocketFactory();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[0]))) {
      System.out.println("listening");
      while (true) {
        Socket client = listener.accept();
        Socket peer = sockets.createSocket(server.getHost(), server.getPort());
        threads.execute(() -> relay(client, peer, Duration.ZERO));
        threads.execute(() -> relay(peer, client, by));
      }
    }
  }

  private static void relay(Socket from, Socket to, Duration by) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(moved(new String(buffer, 0, read, ISO_8859_1), by).getBytes(ISO_8859_1));
        out.flush();
      }
    } catch (IOException e) {
      // Ended by one side.
    }
  }

  private static String moved(String text, Duration by) {
    return DATE.matcher(text)
        .replaceAll(
            date ->
                ZonedDateTime.parse(date.group(), RFC_1123_DATE_TIME)
                    .plus(by)
                    .format(RFC_1123_DATE_TIME));
  }
}
