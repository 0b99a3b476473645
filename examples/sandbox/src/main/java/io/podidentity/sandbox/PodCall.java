package io.podidentity.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An HTTP request from an address of one's choice, as {@code curl --interface} makes it: the JDK's
 * client cannot choose its source address before Java 19.
 */
final class PodCall {
  private static final int TIMEOUT_MILLIS = 30_000;

  private PodCall() {}

  /**
   * An answer.
   *
   * @param body the body's text
   */
  record Answer(int status, String body) {}

  /** Asks with GET. */
  static Answer get(String from, int port, String path, Map<String, String> headers) {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getAllByName(from)[0], 0));
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      StringBuilder request =
          new StringBuilder(
              "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
      headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
      OutputStream out = socket.getOutputStream();
      out.write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new SandboxException(
          "no answer from NMI on 127.0.0.1:%d to %s: %s".formatted(port, from, e.getMessage()), e);
    }
  }

  private static Answer parse(String response) throws IOException {
    int head = response.indexOf("\r\n\r\n");
    String[] status = response.split(" ", 3);
    if (head < 0 || status.length < 3) {
      throw new IOException("the answer is not HTTP");
    }
    return new Answer(Integer.parseInt(status[1]), response.substring(head + 4).strip());
  }
}
