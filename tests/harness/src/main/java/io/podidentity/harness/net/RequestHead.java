package io.podidentity.harness.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.1 request, as a client sent it.
 *
 * @param text up to the empty line, which it has
 */
public record RequestHead(String text) {
  private static final String END = "\r\n\r\n";

  /** Reads the next one; null at the end of the connection. */
  public static @Nullable RequestHead read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < END.length() || head.indexOf(END, head.length() - END.length()) < 0) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.append((char) next);
    }
    return new RequestHead(head.toString());
  }

  /** Method, path and version. */
  public String line() {
    return text.lines().findFirst().orElse("");
  }

  /** The first value of that header in any case; null if there is none. */
  public @Nullable String header(String name) {
    String start = name + ":";
    return text.lines()
        .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
        .findFirst()
        .map(line -> line.substring(start.length()).strip())
        .orElse(null);
  }

  /** As it is sent. */
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
