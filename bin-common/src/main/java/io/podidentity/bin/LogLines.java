package io.podidentity.bin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes one line of an event, whatever is in its text: what others wrote into it cannot look like a
 * line of its own. As text, a stack trace follows, indented; as JSON, it is a member.
 *
 * <p>JSON has the names of AAD Pod Identity v1's: {@code ts} (milliseconds since 1970), {@code msg}
 * and {@code v}; besides them {@code level}, {@code logger} and {@code error}. Not thread-safe.
 */
final class LogLines {
  private static final byte[] NOTHING = {};
  private static final byte[] END = System.lineSeparator().getBytes(ISO_8859_1);

  /** About what a line takes. */
  private static final int LENGTH = 256;

  /** A stack trace takes more, and is rare. */
  private static final int MOST_KEPT = 4096;

  private final LogFormat format;
  private StringBuilder line = new StringBuilder(LENGTH);
  private long second;
  private String timeOfSecond = "";

  LogLines(LogFormat format) {
    this.format = format;
  }

  /** The same lines for messages of one logger that need no event. */
  PlainLines plain(String logger) {
    return new PlainLines(format, shortName(logger));
  }

  /** The line, with its end, in UTF-8. */
  byte[] encode(ILoggingEvent event) {
    if (line.capacity() > MOST_KEPT) {
      line = new StringBuilder(LENGTH);
    }
    line.setLength(0);
    if (format == LogFormat.TEXT && event.getThrowableProxy() == null) {
      byte[] message = plainBytes(String.valueOf(event.getFormattedMessage()));
      if (message.length > 0) {
        begin(line, event);
        return joined(line.toString().getBytes(UTF_8), message);
      }
    }
    if (format == LogFormat.JSON) {
      json(line, event);
    } else {
      text(line, event);
    }
    return line.toString().getBytes(UTF_8);
  }

  /**
   * A text as it goes out, if that is plain to see: printable ASCII. Else empty. Found out byte by
   * byte and copied at once, as it is most of what a line costs, and each token has one.
   */
  private static byte[] plainBytes(String text) {
    byte[] latin = text.getBytes(ISO_8859_1);
    for (byte b : latin) {
      // A question mark takes the place of what Latin-1 does not have.
      if (b < ' ' || b == 0x7f || b == '?') {
        return NOTHING;
      }
    }
    return latin;
  }

  private static byte[] joined(byte[] begin, byte[] message) {
    byte[] line = Arrays.copyOf(begin, begin.length + message.length + END.length);
    System.arraycopy(message, 0, line, begin.length, message.length);
    System.arraycopy(END, 0, line, line.length - END.length, END.length);
    return line;
  }

  private void begin(StringBuilder line, ILoggingEvent event) {
    time(line, event.getInstant());
    line.append(' ').append(padded(event.getLevel())).append(shortName(event)).append(" - ");
  }

  private static String padded(Level level) {
    return switch (level.toInt()) {
      case Level.INFO_INT -> "INFO  ";
      case Level.WARN_INT -> "WARN  ";
      default -> String.format(Locale.ROOT, "%-5s ", level);
    };
  }

  private void text(StringBuilder line, ILoggingEvent event) {
    begin(line, event);
    printable(line, event.getFormattedMessage());
    line.append(System.lineSeparator());
    String trace = stackTrace(event);
    if (trace != null) {
      trace
          .lines()
          .forEach(
              each -> {
                printable(line.append('\t'), each.strip());
                line.append(System.lineSeparator());
              });
    }
  }

  /**
   * As {@code 2026-01-31T23:59:59.999Z}. By hand, and up to the second once a second: it is a good
   * part of what a line costs.
   */
  private void time(StringBuilder line, Instant instant) {
    if (instant.getEpochSecond() != second || timeOfSecond.isEmpty()) {
      second = instant.getEpochSecond();
      timeOfSecond = secondOf(second);
    }
    int millis = instant.getNano() / 1_000_000;
    line.append(timeOfSecond).append((char) ('0' + millis / 100));
    twoDigits(line, millis % 100);
    line.append('Z');
  }

  /** As {@code 2026-01-31T23:59:59.}. */
  static String secondOf(long epochSecond) {
    // Without a fraction, which is 0; without the Z.
    String text = Instant.ofEpochSecond(epochSecond).toString();
    return text.substring(0, text.length() - 1) + '.';
  }

  private static void twoDigits(StringBuilder line, int number) {
    line.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static void json(StringBuilder line, ILoggingEvent event) {
    // With three digits after the point, as v1 has it.
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, event.getInstant());
    line.append("{\"ts\":").append(micros / 1000).append('.');
    line.append(Long.toString(1000 + micros % 1000), 1, 4);
    member(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    member(line, "logger", shortName(event));
    member(line, "msg", event.getFormattedMessage());
    line.append(",\"v\":0");
    String trace = stackTrace(event);
    if (trace != null) {
      member(line, "error", trace.stripTrailing());
    }
    line.append('}').append(System.lineSeparator());
  }

  private static void member(StringBuilder line, String name, @Nullable String value) {
    line.append(",\"").append(name).append("\":\"");
    String text = String.valueOf(value);
    for (int i = 0; i < text.length(); i++) {
      escape(line, text.charAt(i));
    }
    line.append('"');
  }

  /**
   * No more than JSON asks for: people search for paths, in which logback would escape each slash.
   */
  private static void escape(StringBuilder line, char c) {
    switch (c) {
      case '"' -> line.append("\\\"");
      case '\\' -> line.append("\\\\");
      case '\n' -> line.append("\\n");
      case '\t' -> line.append("\\t");
      default -> {
        if (OneLine.breaks(c)) {
          line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
          line.append(c);
        }
      }
    }
  }

  private static String shortName(ILoggingEvent event) {
    return shortName(event.getLoggerName());
  }

  private static String shortName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static @Nullable String stackTrace(ILoggingEvent event) {
    IThrowableProxy error = event.getThrowableProxy();
    return error == null ? null : ThrowableProxyUtil.asString(error);
  }

  private static void printable(StringBuilder line, @Nullable String given) {
    String text = String.valueOf(given);
    int start = line.length();
    line.append(text);
    for (int i = 0; i < text.length(); i++) {
      if (OneLine.breaks(text.charAt(i))) {
        line.setCharAt(start + i, ' ');
      }
    }
  }
}
