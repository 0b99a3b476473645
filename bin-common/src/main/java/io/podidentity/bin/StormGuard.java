package io.podidentity.bin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps a fault that happens a thousand times a second from filling the disk: of warnings and
 * errors with one wording, 30 a minute are written. How many were left out is said with the first
 * one after that minute. Thread-safe.
 */
final class StormGuard {
  /** How many lines of one wording are written within a window. */
  static final int MOST = 30;

  static final long WINDOW_MILLIS = 60_000;

  /** Of so many wordings it knows; the one that is longest silent is forgotten. */
  private static final int WORDINGS = 500;

  /**
   * What is to be done with an event.
   *
   * @param write whether it is written
   * @param leftOut how many before it were not, to be said first
   * @param last whether those after it will not be, to be said after it
   */
  record Verdict(boolean write, int leftOut, boolean last) {
    private static final Verdict WRITE = new Verdict(true, 0, false);
    private static final Verdict LEAVE_OUT = new Verdict(false, 0, false);
  }

  private static final class Window {
    long start;
    int count;
  }

  private final Map<String, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > WORDINGS;
        }
      };

  /** Judges an event by its own time. */
  Verdict judge(ILoggingEvent event) {
    if (!event.getLevel().isGreaterOrEqual(Level.WARN)) {
      return Verdict.WRITE;
    }
    String wording = event.getLoggerName() + ' ' + event.getMessage();
    synchronized (windows) {
      Window window = windows.computeIfAbsent(wording, key -> new Window());
      int leftOut = 0;
      if (event.getTimeStamp() - window.start >= WINDOW_MILLIS) {
        leftOut = Math.max(0, window.count - MOST);
        window.start = event.getTimeStamp();
        window.count = 0;
      }
      window.count++;
      return window.count > MOST
          ? Verdict.LEAVE_OUT
          : new Verdict(true, leftOut, window.count == MOST);
    }
  }
}
