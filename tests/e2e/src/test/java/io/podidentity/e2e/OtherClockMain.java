package io.podidentity.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;

import io.podidentity.harness.net.Relay;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

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
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Duration by = Duration.ofSeconds(Long.parseLong(arguments[2]));
    try (Relay relay =
        new Relay(
            new ServerSocket(Integer.parseInt(arguments[0])),
            URI.create(arguments[1]),
            MicWorld.trustsAll().getSocketFactory(),
            () -> new Moved(by))) {
      System.out.println("listening");
      new CountDownLatch(1).await();
    }
  }

  private record Moved(Duration by) implements Relay.Talk {
    @Override
    public byte[] hear(byte[] piece) {
      return DATE.matcher(new String(piece, ISO_8859_1))
          .replaceAll(
              date ->
                  ZonedDateTime.parse(date.group(), RFC_1123_DATE_TIME)
                      .plus(by)
                      .format(RFC_1123_DATE_TIME))
          .getBytes(ISO_8859_1);
    }
  }
}
