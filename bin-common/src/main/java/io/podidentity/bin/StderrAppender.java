package io.podidentity.bin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.slf4j.Marker;

/**
 * Writes what its {@link StormGuard} lets through, and says where that left something out. Each
 * event is written at once, with all before it; only one with {@link Logging#MORE_FOLLOW} may wait
 * for the next.
 */
final class StderrAppender extends AppenderBase<ILoggingEvent> {
  /** Linux writes no more than this to a pipe at once without others' lines in between. */
  private static final int ROOM = 4096;

  private final StormGuard guard = new StormGuard();
  private final LogLines lines;
  private final OutputStream out;
  private final Logger own;
  private final byte[] waiting = new byte[ROOM];
  private int length;

  StderrAppender(LoggerContext context, LogLines lines, OutputStream out) {
    setContext(context);
    this.lines = lines;
    this.out = out;
    this.own = context.getLogger(Logging.class);
  }

  /** Called with this object's lock. */
  @Override
  protected void append(ILoggingEvent event) {
    StormGuard.Verdict verdict = guard.judge(event);
    try {
      if (verdict.leftOut() > 0) {
        say("lines were left out, as there were too many count={} like=\"{}\"", verdict, event);
      }
      if (verdict.write()) {
        put(event);
      }
      if (verdict.last()) {
        say("further lines like the last one are left out for up to a minute", verdict, event);
      }
      if (!moreFollow(event)) {
        flush();
      }
    } catch (IOException e) {
      // Nobody reads it: there is no other place to say so.
      length = 0;
    }
  }

  /** The lines of a logger in this appender's format, for {@link #write}. */
  PlainLines linesOf(String logger) {
    return lines.plain(logger);
  }

  /** The same as the event of a logger, of level INFO with that message. */
  synchronized void write(PlainLines ofLogger, AsciiLine message, boolean moreFollow) {
    try {
      int count = ofLogger.make(Instant.now(), message);
      put(ofLogger.bytes(), count);
      if (!moreFollow) {
        flush();
      }
    } catch (IOException e) {
      // As above.
      length = 0;
    }
  }

  /** Writes what waits for another line. */
  synchronized void writeWaiting() {
    try {
      flush();
    } catch (IOException e) {
      // As above.
      length = 0;
    }
  }

  private static boolean moreFollow(ILoggingEvent event) {
    List<Marker> markers = event.getMarkerList();
    return markers != null && markers.contains(Logging.MORE_FOLLOW);
  }

  private void say(String message, StormGuard.Verdict verdict, ILoggingEvent about)
      throws IOException {
    Object[] arguments = {verdict.leftOut(), about.getMessage()};
    put(new LoggingEvent(Logger.FQCN, own, Level.WARN, message, null, arguments));
  }

  private void put(ILoggingEvent event) throws IOException {
    byte[] line = lines.encode(event);
    put(line, line.length);
  }

  private void put(byte[] line, int count) throws IOException {
    if (count > ROOM - length) {
      flush();
    }
    if (count > ROOM) {
      out.write(line, 0, count);
    } else {
      System.arraycopy(line, 0, waiting, length, count);
      length += count;
    }
  }

  private void flush() throws IOException {
    int count = length;
    length = 0;
    if (count > 0) {
      out.write(waiting, 0, count);
    }
    out.flush();
  }
}
