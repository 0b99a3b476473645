package io.podidentity.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The program that {@link PodPath} runs in a pod's network namespace: sends one request, and prints
 * who answered. It resolves no name and reads no proxy's setting.
 */
final class PodPathMain {
  private PodPathMain() {}

  public static void main(String[] arguments) {
    InetSocketAddress to = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    System.out.println(PodPath.word(answer(to, arguments[2], Integer.parseInt(arguments[3]))));
  }

  private static PodPath.Answer answer(InetSocketAddress to, String header, int limitMillis) {
    try (Socket socket = new Socket()) {
      socket.connect(to, limitMillis);
      socket.setSoTimeout(limitMillis);
      String request =
          "GET /metadata/identity/oauth2/token HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(to.getHostString());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return read(socket, header);
    } catch (SocketTimeoutException e) {
      return PodPath.Answer.SILENT;
    } catch (IOException e) {
      return PodPath.Answer.REFUSED;
    }
  }

  private static PodPath.Answer read(Socket socket, String header) throws IOException {
    BufferedReader head =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    String status = head.readLine();
    if (status == null) {
      throw new IOException("the connection ended");
    }
    String wanted = header.toLowerCase(Locale.ROOT) + ":";
    for (String line = head.readLine(); line != null && !line.isEmpty(); line = head.readLine()) {
      if (line.toLowerCase(Locale.ROOT).startsWith(wanted)) {
        return PodPath.Answer.NMI;
      }
    }
    return PodPath.Answer.OTHER;
  }
}
