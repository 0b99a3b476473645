package io.podidentity.harness.net;

import io.podidentity.harness.HarnessException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request again and again over connections that stay open, one at a time on each, and
 * takes the time of each answer. It reads no more of an answer than it must, so that it costs
 * little beside the server that it measures.
 */
public final class LoadClient {
  private LoadClient() {}

  /**
   * One connection.
   *
   * @param from the local address to connect from; null for any
   * @param request all of it in ASCII, with the blank line at its end
   */
  public record Connection(@Nullable InetAddress from, InetSocketAddress to, String request) {}

  /** What came of it. */
  public static final class Result {
    // Sorted.
    private final long[] nanos;
    private final double seconds;

    private Result(long[] nanos, double seconds) {
      this.nanos = nanos;
      this.seconds = seconds;
    }

    /** How many requests were answered. */
    public int count() {
      return nanos.length;
    }

    /** How long all took together. */
    public double seconds() {
      return seconds;
    }

    /** Answers a second. */
    public double perSecond() {
      return nanos.length / seconds;
    }

    /** In how many milliseconds such a share of the answers came; 0.99 is 99 of 100. */
    public double millis(double share) {
      return nanos[(int) Math.min(nanos.length - 1L, (long) (nanos.length * share))] / 1e6;
    }
  }

  /**
   * Sends so many requests on each connection.
   *
   * @throws HarnessException at the first answer that is not 200, or a connection that ends
   */
  public static Result run(List<Connection> connections, int each) {
    ExecutorService threads = Executors.newFixedThreadPool(connections.size());
    try {
      long start = System.nanoTime();
      List<Future<long[]>> running = new ArrayList<>();
      for (Connection connection : connections) {
        running.add(threads.submit(() -> ask(connection, each)));
      }
      long[] all = new long[connections.size() * each];
      for (int i = 0; i < running.size(); i++) {
        System.arraycopy(running.get(i).get(), 0, all, i * each, each);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      Arrays.sort(all);
      return new Result(all, seconds);
    } catch (ExecutionException e) {
      throw new HarnessException("load: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("load: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * Sends the request once, over a connection of its own.
   *
   * @throws HarnessException if the answer is not 200
   */
  public static void ask(Connection connection) {
    try {
      long[] unused = ask(connection, 1);
    } catch (IOException e) {
      throw new HarnessException("load: " + e, e);
    }
  }

  private static long[] ask(Connection connection, int count) throws IOException {
    long[] nanos = new long[count];
    byte[] request = connection.request().getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket()) {
      if (connection.from() != null) {
        socket.bind(new InetSocketAddress(connection.from(), 0));
      }
      socket.setTcpNoDelay(true);
      socket.connect(connection.to());
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < count; i++) {
        long start = System.nanoTime();
        socket.getOutputStream().write(request);
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
    if (!status.startsWith("HTTP/1.1 200")) {
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      throw new IOException("answered " + status + ": " + body);
    }
    in.skipNBytes(length);
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
}
