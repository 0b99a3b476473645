package io.podidentity.bin;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes one line of an event, whatever is in its text: what others wrote into it cannot look like a
 * line of its own. As text, a stack trace follows, indented; as JSON, it is a member.
 *
 * <p>JSON has the names of AAD Pod Identity v1's: {@code ts} (milliseconds since 1970), {@code msg}
 * and {@code v}; besides them {@code level}, {@code logger} and {@code error}.
 */
final class LogLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};

  private final LogFormat format;

  LogLines(LogFormat format) {
    this.format = format;
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(256);
    if (format == LogFormat.JSON) {
      json(line, event);
    } else {
      text(line, event);
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  private static void text(StringBuilder line, ILoggingEvent event) {
    time(line, event.getInstant());
    String level = event.getLevel().toString();
    line.append(' ').append(level).append(" ".repeat(Math.max(1, 6 - level.length())));
    line.append(shortName(event)).append(" - ");
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
   * As {@code 2026-01-31T23:59:59.999Z}. By hand, because it is a good part of what a line costs,
   * and each token has one.
   */
  private static void time(StringBuilder line, Instant instant) {
    LocalDateTime utc = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
    line.append(utc.getYear());
    twoDigits(line.append('-'), utc.getMonthValue());
    twoDigits(line.append('-'), utc.getDayOfMonth());
    twoDigits(line.append('T'), utc.getHour());
    twoDigits(line.append(':'), utc.getMinute());
    twoDigits(line.append(':'), utc.getSecond());
    int millis = instant.getNano() / 1_000_000;
    line.append('.').append((char) ('0' + millis / 100));
    twoDigits(line, millis % 100);
    line.append('Z');
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
        if (breaksTheLine(c)) {
          line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
          line.append(c);
        }
      }
    }
  }

  private static String shortName(ILoggingEvent event) {
    String name = event.getLoggerName();
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
      if (breaksTheLine(text.charAt(i))) {
        line.setCharAt(start + i, ' ');
      }
    }
  }

  /** Control characters, of terminals too, and what some viewers take for the end of a line. */
  private static boolean breaksTheLine(char c) {
    return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
  }
}
