package io.podidentity.azure.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Retry-After}: seconds, or a date.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110, 10.2.3</a>
 */
public final class RetryAfter {
  /** Who asks for more is not taken at its word. */
  private static final Duration MOST = Duration.ofDays(1);

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);

  private RetryAfter() {}

  /**
   * Reads the header.
   *
   * @param value the header; null if there was none
   * @param now the time that a date counts from; null if it is not known, and then a date is
   *     ignored
   * @return zero or more, at most a day; null if the header says nothing usable
   */
  public static @Nullable Duration parse(@Nullable String value, @Nullable Instant now) {
    if (value == null) {
      return null;
    }
    String text = value.trim();
    if (text.matches("[0-9]+")) {
      // More digits are more than a day anyway.
      return text.length() > 9 ? MOST : atMost(Duration.ofSeconds(Long.parseLong(text)));
    }
    Instant date = date(text);
    return date == null || now == null ? null : atMost(Duration.between(now, date));
  }

  /** Reads a date as HTTP writes it; null if it is none. */
  public static @Nullable Instant date(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return ZonedDateTime.parse(text.trim(), DATE).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Duration atMost(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(MOST) > 0 ? MOST : wait;
  }
}
