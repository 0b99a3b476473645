package io.podidentity.e2e;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Asks 169.254.169.254 for tokens over connections that stay open, one request at a time on each.
 * Run in a pod's namespace with two arguments: how many connections, and how many requests in all.
 * Ends with 1 at the first answer that is not 200. Prints {@code requests=… seconds=… p50millis=…
 * p99millis=…}.
 */
final class TokenLoadMain {

  private static final byte[] REQUEST =
      """
      GET /metadata/identity/oauth2/token?api-version=2018-02-01\
      &resource=https%3A%2F%2Fmanagement.azure.com%2F HTTP/1.1
      Host: 169.254.169.254
      Metadata: true

      """
          .replace("\n", "\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private TokenLoadMain() {}

  public static void main(String[] arguments)
      throws InterruptedException, ExecutionException, IOException {
    int connections = Integer.parseInt(arguments[0]);
    int each = Integer.parseInt(arguments[1]) / connections;
    InetAddress imds =
        InetAddress.getByAddress(new byte[] {(byte) 169, (byte) 254, (byte) 169, (byte) 254});
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    long start = System.nanoTime();
    Stream<Future<long[]>> running =
        IntStream.range(0, connections)
            .mapToObj(number -> threads.submit(() -> ask(imds, each)))
            .toList()
            .stream();
    long[] nanos =
        running.map(TokenLoadMain::result).flatMapToLong(Arrays::stream).sorted().toArray();
    double seconds = (System.nanoTime() - start) / 1e9;
    threads.shutdown();
    System.out.printf(
        Locale.ROOT,
        "requests=%d seconds=%.3f p50millis=%.2f p99millis=%.2f%n",
        nanos.length,
        seconds,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6);
  }

  /** How long each request took, in nanoseconds. */
  private static long[] ask(InetAddress imds, int count) throws IOException {
    long[] nanos = new long[count];
    try (Socket socket = new Socket(imds, 80)) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < count; i++) {
        long start = System.nanoTime();
        socket.getOutputStream().write(REQUEST);
        readAnswer(in);
        nanos[i] = System.nanoTime() - start;
      }
    }
    return nanos;
  }

  private static void readAnswer(InputStream in) throws IOException {
    String status = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).trim());
      }
    }
    in.skipNBytes(length);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("answered " + status);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static long[] result(Future<long[]> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      e.printStackTrace();
      System.exit(1);
      throw new IllegalStateException(e);
    }
  }
}
