package io.podidentity.nmi;

import io.undertow.server.HttpServerExchange;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One line per handled request, in the form that AAD Pod Identity v1 documents and people search
 * for. The lines are written by a thread of its own: the requests' threads neither format them nor
 * wait for the log. After a line it collects for some milliseconds, because waking it for each
 * would cost a busy NMI more than the line. Where the log cannot keep up, lines are dropped and
 * counted. Thread-safe.
 */
final class AccessLog implements AutoCloseable {
  private static final int MAX_WAITING = 4096;

  /** About what a line takes. */
  private static final int LENGTH = 256;

  /** Of what a client chose. */
  private static final int MAX_SHOWN = 512;

  private static final Duration DRAIN = Duration.ofSeconds(1);
  private static final Duration COLLECT = Duration.ofMillis(5);

  private final Queue<Entry> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final Out out;
  private final Thread writer;
  private volatile boolean resting;
  private volatile boolean closed;

  /**
   * A request that was answered.
   *
   * @param took from its arrival to its answer
   * @param detail what else there is to know, as key=value; called by the log's thread
   */
  record Line(
      String method,
      String path,
      @Nullable InetAddress remote,
      int status,
      Duration took,
      Object detail)
      implements Entry {

    static Line of(HttpServerExchange exchange, int status, Duration took, Object detail) {
      return new Line(
          shown(exchange.getRequestMethod().toString()),
          shown(exchange.getRequestURI()),
          Exchanges.source(exchange),
          status,
          took,
          detail);
    }

    @Override
    public void appendTo(StringBuilder text) {
      text.append("status (").append(status).append(") took ");
      text.append(Math.max(0, took.toNanos())).append(" ns for req.method=");
      word(text, method);
      word(text.append(" reg.path="), path);
      text.append(" req.remote=").append(remote == null ? "" : remote.getHostAddress());
      String more = detail.toString();
      printable(text.append(more.isEmpty() ? "" : " "), more);
    }
  }

  /** What makes a line; made into one by the log's thread. */
  interface Entry {
    /** Appends one line of printable ASCII. */
    void appendTo(StringBuilder text);

    /** That line. */
    default String text() {
      StringBuilder text = new StringBuilder(LENGTH);
      appendTo(text);
      return text.toString();
    }
  }

  /** Where lines go. */
  interface Out {
    /**
     * Takes one; may block.
     *
     * @param moreFollow whether another one follows at once, so that both can be written together
     */
    void write(String line, boolean moreFollow);
  }

  /** What is kept of something that a client chose the length of. */
  static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }

  /** A client must not be able to write lines of its own into the log. */
  static void printable(StringBuilder to, String text) {
    int start = to.length();
    to.append(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        to.setCharAt(start + i, '?');
      }
    }
  }

  /** Nor fields of its own: what a client chose, as the value of one field without quotes. */
  static void word(StringBuilder to, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      to.append(c > ' ' && c <= '~' && c != '"' && c != '=' ? c : '?');
    }
  }

  /** The same in quotes, in which all may be. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Starts the thread.
   *
   * @param name of the thread
   */
  AccessLog(String name, Out out) {
    this.out = out;
    this.writer = new Thread(this::write, name);
    writer.setDaemon(true);
    writer.start();
  }

  /**
   * Takes a line, to be written soon. Never blocks.
   *
   * @return false if it was dropped
   */
  boolean add(Entry line) {
    if (waiting.get() >= MAX_WAITING) {
      dropped.incrementAndGet();
      return false;
    }
    waiting.incrementAndGet();
    lines.add(line);
    if (resting) {
      LockSupport.unpark(writer);
    }
    return true;
  }

  /** Writes what has come so far, within a second, and ends. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    try {
      writer.join(DRAIN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    StringBuilder text = new StringBuilder(LENGTH);
    boolean busy = false;
    while (true) {
      Entry line = lines.poll();
      if (line != null) {
        waiting.decrementAndGet();
        text.setLength(0);
        line.appendTo(text);
        out.write(text.toString(), !lines.isEmpty());
        busy = true;
      } else if (closed) {
        return;
      } else if (busy) {
        busy = false;
        LockSupport.parkNanos(this, COLLECT.toNanos());
      } else {
        tellOfDropped();
        rest();
      }
    }
  }

  private void tellOfDropped() {
    int count = dropped.getAndSet(0);
    if (count > 0) {
      out.write("requests not logged because the log cannot keep up count=" + count, false);
    }
  }

  private void rest() {
    resting = true;
    // Looks again: a line that came before "resting" was set woke nobody.
    if (lines.isEmpty() && !closed) {
      LockSupport.park(this);
    }
    resting = false;
  }
}
