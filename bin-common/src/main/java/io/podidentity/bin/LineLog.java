package io.podidentity.bin;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Logs lines at level INFO as a logger does, but without an event for each where they go to stderr
 * alone. The logger's level counts, and its other appenders get what they should. For one thread.
 */
public final class LineLog {
  private final Logger logger;
  private @Nullable StderrAppender stderr;
  private @Nullable PlainLines lines;
  private boolean begun;

  LineLog(Logger logger) {
    this.logger = logger;
  }

  /**
   * For the lines of a logger.
   *
   * @param name of the logger, printable ASCII
   */
  public static LineLog of(String name) {
    return new LineLog(((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(name));
  }

  /**
   * Logs a line.
   *
   * @param moreFollow whether another one follows at once; see {@link Logging#MORE_FOLLOW}
   */
  public void write(AsciiLine line, boolean moreFollow) {
    if (!begun) {
      // Once for lines that follow each other: it takes longer than a line.
      look();
    }
    begun = moreFollow;
    StderrAppender to = stderr;
    if (to == null || lines == null) {
      if (moreFollow) {
        logger.info(Logging.MORE_FOLLOW, line.toString());
      } else {
        logger.info(line.toString());
      }
    } else if (logger.isInfoEnabled()) {
      to.write(lines, line, moreFollow);
    } else if (!moreFollow) {
      to.writeWaiting();
    }
  }

  private void look() {
    StderrAppender found = onlyAppender();
    if (found != stderr) {
      stderr = found;
      lines = found == null ? null : found.linesOf(logger.getName());
    }
  }

  /** The one that the logger's events go to; null if there is none, or another too. */
  private @Nullable StderrAppender onlyAppender() {
    StderrAppender only = null;
    Logger each = logger;
    while (each != null) {
      for (Iterator<Appender<ILoggingEvent>> all = each.iteratorForAppenders(); all.hasNext(); ) {
        if (only != null || !(all.next() instanceof StderrAppender found)) {
          return null;
        }
        only = found;
      }
      each = each.isAdditive() ? parent(each) : null;
    }
    return only;
  }

  private @Nullable Logger parent(Logger child) {
    String name = child.getName();
    if (name.equals(org.slf4j.Logger.ROOT_LOGGER_NAME)) {
      return null;
    }
    int dot = name.lastIndexOf('.');
    return logger
        .getLoggerContext()
        .getLogger(dot < 0 ? org.slf4j.Logger.ROOT_LOGGER_NAME : name.substring(0, dot));
  }
}
