package io.podidentity.bin;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
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
    TIME.formatTo(event.getInstant(), line);
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
    String.valueOf(value).codePoints().forEach(c -> escape(line, c));
    line.append('"');
  }

  /**
   * No more than JSON asks for: people search for paths, in which logback would escape each slash.
   */
  private static void escape(StringBuilder line, int c) {
    switch (c) {
      case '"' -> line.append("\\\"");
      case '\\' -> line.append("\\\\");
      case '\n' -> line.append("\\n");
      case '\t' -> line.append("\\t");
      default -> {
        if (breaksTheLine(c)) {
          line.append(String.format(Locale.ROOT, "\\u%04x", c));
        } else {
          line.appendCodePoint(c);
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

  private static void printable(StringBuilder line, @Nullable String text) {
    String.valueOf(text)
        .codePoints()
        .forEach(c -> line.appendCodePoint(breaksTheLine(c) ? ' ' : c));
  }

  /** Control characters, of terminals too, and what some viewers take for the end of a line. */
  private static boolean breaksTheLine(int c) {
    return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
  }
}
