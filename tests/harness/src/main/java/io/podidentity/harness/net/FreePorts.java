package io.podidentity.harness.net;

import io.podidentity.harness.HarnessException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface that nobody listens on, below the range from which Linux gives
 * them out: no connection takes one before the server that it is meant for does.
 */
public final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int LAST = 30_000;
  private static final int ATTEMPTS = 200;

  private FreePorts() {}

  /** Different ones, so none is let go before all are found. */
  public static int[] find(int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int attempt = 0; attempt < ATTEMPTS && held.size() < count; attempt++) {
        int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
        } catch (IOException e) {
          // Taken: another one.
        }
      }
      if (held.size() < count) {
        throw new HarnessException("no free port between " + FIRST + " and " + LAST);
      }
      return held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    } finally {
      held.forEach(FreePorts::close);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + socket, e);
    }
  }
}
