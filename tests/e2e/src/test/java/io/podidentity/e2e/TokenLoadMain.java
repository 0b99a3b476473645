package io.podidentity.e2e;

import io.podidentity.harness.net.LoadClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Locale;

/**
 * Asks 169.254.169.254 for tokens over connections that stay open, one request at a time on each.
 * Run in a pod's namespace with two arguments: how many connections, and how many requests in all.
 * Fails at the first answer that is not 200. Prints {@code requests=… seconds=… p50millis=…
 * p99millis=…}.
 */
final class TokenLoadMain {

  private static final String REQUEST =
      """
      GET /metadata/identity/oauth2/token?api-version=2018-02-01\
      &resource=https%3A%2F%2Fmanagement.azure.com%2F HTTP/1.1
      Host: 169.254.169.254
      Metadata: true

      """
          .replace("\n", "\r\n");

  private TokenLoadMain() {}

  public static void main(String[] arguments) throws IOException {
    int connections = Integer.parseInt(arguments[0]);
    int each = Integer.parseInt(arguments[1]) / connections;
    InetAddress imds =
        InetAddress.getByAddress(new byte[] {(byte) 169, (byte) 254, (byte) 169, (byte) 254});
    LoadClient.Connection connection =
        new LoadClient.Connection(null, new InetSocketAddress(imds, 80), REQUEST);
    LoadClient.Result result = LoadClient.run(Collections.nCopies(connections, connection), each);
    System.out.printf(
        Locale.ROOT,
        "requests=%d seconds=%.3f p50millis=%.2f p99millis=%.2f%n",
        result.count(),
        result.seconds(),
        result.millis(0.5),
        result.millis(0.99));
  }
}
