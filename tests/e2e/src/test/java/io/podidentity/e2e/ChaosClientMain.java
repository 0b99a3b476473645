package io.podidentity.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Asks 169.254.169.254 for tokens, whatever comes of it: every second request over a connection of
 * its own, the others over a few that are kept as long as they can be. A kept connection that is
 * not answered is not closed, because what it says next may get through. Run in a pod's namespace
 * with one argument: how many requests a second. Prints {@code asked=… tokens=… refused=…} each
 * second, all since its start, until it is killed. What is answered with another status than 200 is
 * refused, too.
 */
final class ChaosClientMain {

  private static final byte[] REQUEST =
      """
      GET /metadata/identity/oauth2/token?api-version=2018-02-01\
      &resource=https%3A%2F%2Fmanagement.azure.com%2F HTTP/1.1
      Host: 169.254.169.254
      Metadata: true

      """
          .replace("\n", "\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  /** Waiting requests at most; what comes while there are as many is not asked. */
  private static final int MOST_AT_ONCE = 60;

  private static final int KEPT = 5;
  private static final int LIMIT_MILLIS = 1000;

  /** How often a kept connection may be silent before another takes its place. */
  private static final int MOST_SILENCES = 30;

  private static final class Kept {
    final Socket socket;
    int silences;

    Kept(Socket socket) {
      this.socket = socket;
    }
  }

  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong tokens = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final BlockingQueue<Kept> kept = new ArrayBlockingQueue<>(KEPT);
  private boolean odd;

  private ChaosClientMain() {}

  public static void main(String[] arguments) {
    new ChaosClientMain().run(Integer.parseInt(arguments[0]));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // they run until the process is killed
  private void run(int perSecond) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(0, MOST_AT_ONCE, 10, TimeUnit.SECONDS, new SynchronousQueue<>());
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    clock.scheduleAtFixedRate(
        () -> {
          odd = !odd;
          try {
            pool.execute(odd ? this::askOnNew : this::askOnKept);
          } catch (RejectedExecutionException e) {
            // As many as may wait are waiting.
          }
        },
        0,
        1_000_000_000L / perSecond,
        TimeUnit.NANOSECONDS);
    clock.scheduleAtFixedRate(
        () ->
            System.out.printf(
                "asked=%d tokens=%d refused=%d%n", asked.get(), tokens.get(), refused.get()),
        200,
        200,
        TimeUnit.MILLISECONDS);
  }

  private void askOnNew() {
    asked.incrementAndGet();
    try (Socket socket = connect()) {
      count(ask(socket));
    } catch (IOException e) {
      refused.incrementAndGet();
    }
  }

  private void askOnKept() {
    asked.incrementAndGet();
    @Nullable Kept connection = kept.poll();
    try {
      if (connection == null) {
        connection = new Kept(connect());
      }
      count(ask(connection.socket));
      connection.silences = 0;
    } catch (SocketTimeoutException e) {
      refused.incrementAndGet();
      if (connection != null && ++connection.silences > MOST_SILENCES) {
        close(connection);
        connection = null;
      }
    } catch (IOException e) {
      refused.incrementAndGet();
      close(connection);
      connection = null;
    }
    if (connection != null && !kept.offer(connection)) {
      close(connection);
    }
  }

  private void count(boolean token) {
    (token ? tokens : refused).incrementAndGet();
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(LIMIT_MILLIS);
      InetAddress imds =
          InetAddress.getByAddress(new byte[] {(byte) 169, (byte) 254, (byte) 169, (byte) 254});
      socket.connect(new InetSocketAddress(imds, 80), LIMIT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static boolean ask(Socket socket) throws IOException {
    socket.getOutputStream().write(REQUEST);
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended");
      }
      head.append((char) next);
    }
    for (String line : head.toString().split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        in.skipNBytes(Long.parseLong(line.substring(15).strip()));
      }
    }
    return head.toString().startsWith("HTTP/1.1 200");
  }

  private static void close(@Nullable Kept connection) {
    if (connection != null) {
      try {
        connection.socket.close();
      } catch (IOException e) {
        // Nobody uses it any more.
      }
    }
  }
}
