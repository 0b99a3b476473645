package io.podidentity.nmi;

import io.podidentity.bin.AsciiLine;
import io.podidentity.bin.AsciiLine.Literal;
import io.undertow.server.HttpServerExchange;
import java.net.Inet4Address;
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
 * wait for the log. After its lines it collects for a millisecond, because waking it for each would
 * cost a busy NMI more than the line. Where the log cannot keep up, lines are dropped and counted.
 * Thread-safe.
 */
final class AccessLog implements AutoCloseable {
  private static final int MAX_WAITING = 4096;

  /** Of what a client chose. */
  private static final int MAX_SHOWN = 512;

  private static final Duration DRAIN = Duration.ofSeconds(1);

  /**
   * A longer rest makes fewer but longer bursts, and requests that come meanwhile wait for them.
   */
  private static final Duration COLLECT = Duration.ofMillis(1);

  private final Queue<Entry> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final Out out;
  private final Thread writer;
  private volatile boolean resting;
  private volatile boolean closed;

  /**
   * A request that was answered. It lives for some milliseconds, and a busy NMI has hundreds: each
   * object that only it refers to makes every collection longer.
   *
   * @param tookNanos from its arrival to its answer
   * @param detail what else there is to know, as key=value: an {@link Entry}, or what has it as its
   *     text; asked by the log's thread
   */
  record Line(
      String method,
      String path,
      @Nullable InetAddress remote,
      int status,
      long tookNanos,
      Object detail)
      implements Entry {
    private static final Literal STATUS = Literal.of("status (");
    private static final Literal TOOK = Literal.of(") took ");
    private static final Literal METHOD = Literal.of(" ns for req.method=");
    private static final Literal PATH = Literal.of(" reg.path=");
    private static final Literal REMOTE = Literal.of(" req.remote=");

    static Line of(HttpServerExchange exchange, int status, Duration took, Object detail) {
      return new Line(
          shown(exchange.getRequestMethod().toString()),
          kept(exchange.getRequestURI()),
          Exchanges.source(exchange),
          status,
          took.toNanos(),
          detail);
    }

    private static String kept(String path) {
      return path.equals(RequestPath.TOKEN_PATH) ? RequestPath.TOKEN_PATH : shown(path);
    }

    // A client must not be able to write lines of its own into the log, nor fields.
    @Override
    public void appendTo(AsciiLine text) {
      text.append(STATUS).append(status).append(TOOK).append(Math.max(0, tookNanos));
      text.append(METHOD).appendWord(method).append(PATH).appendWord(path);
      text.append(REMOTE);
      appendAddress(text);
      if (detail instanceof Entry more) {
        more.appendTo(text.append(' '));
      } else {
        String more = detail.toString();
        text.append(more.isEmpty() ? "" : " ").append(more);
      }
    }

    private void appendAddress(AsciiLine text) {
      if (remote instanceof Inet4Address) {
        byte[] parts = remote.getAddress();
        for (int i = 0; i < parts.length; i++) {
          (i == 0 ? text : text.append('.')).append((long) Byte.toUnsignedInt(parts[i]));
        }
      } else if (remote != null) {
        text.append(remote.getHostAddress());
      }
    }
  }

  /** What makes a line, or a part of one; made into it by the log's thread. */
  interface Entry {
    /** Appends it. */
    void appendTo(AsciiLine text);

    /** Its text. */
    default String text() {
      AsciiLine text = new AsciiLine();
      appendTo(text);
      return text.toString();
    }
  }

  /** Where lines go. */
  interface Out {
    /**
     * Takes one; may block.
     *
     * @param line used for the next one when this returns
     * @param moreFollow whether another one follows at once, so that both can be written together
     */
    void write(AsciiLine line, boolean moreFollow);
  }

  /** What is kept of something that a client chose the length of. */
  static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }

  /** In quotes, in which all may be. */
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
    AsciiLine text = new AsciiLine();
    boolean busy = false;
    while (true) {
      Entry line = lines.poll();
      if (line != null) {
        waiting.decrementAndGet();
        write(line, text.clear());
        busy = true;
      } else if (closed) {
        return;
      } else if (busy) {
        busy = false;
        LockSupport.parkNanos(this, COLLECT.toNanos());
      } else {
        tellOfDropped(text.clear());
        rest();
      }
    }
  }

  private void write(Entry line, AsciiLine text) {
    try {
      line.appendTo(text);
      out.write(text, !lines.isEmpty());
    } catch (RuntimeException e) {
      // The others must be written all the same; how many were not is told.
      dropped.incrementAndGet();
    }
  }

  private void tellOfDropped(AsciiLine text) {
    int count = dropped.getAndSet(0);
    if (count > 0) {
      out.write(
          text.append("requests not logged because the log cannot keep up count=").append(count),
          false);
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
