package io.podidentity.azure;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Everything that is logged while it is open, by whomever, at every level. */
public final class CapturedLog implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level before = root.getLevel();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  /** Begins. */
  public CapturedLog() {
    events.start();
    root.setLevel(Level.TRACE);
    root.addAppender(events);
  }

  /** The lines so far of our own code. */
  public List<String> lines() {
    return List.copyOf(events.list).stream()
        .filter(event -> event.getLoggerName().startsWith("io.podidentity"))
        .map(CapturedLog::text)
        .toList();
  }

  /** All lines so far, with stack traces. */
  public String everything() {
    StringBuilder all = new StringBuilder();
    List.copyOf(events.list).forEach(event -> all.append(text(event)).append('\n'));
    return all.toString();
  }

  @Override
  public void close() {
    root.detachAppender(events);
    root.setLevel(before);
    events.stop();
  }

  private static String text(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    return event.getLoggerName()
        + " "
        + event.getFormattedMessage()
        + (thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown));
  }
}
