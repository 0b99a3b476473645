package io.podidentity.bin;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Go writes them, for example {@code 3600s}, {@code 3m}, {@code 1h2m3.5s}, {@code
 * 500ms}, {@code -1s} and {@code 0}. Only zero needs no unit.
 *
 * @see <a href="https://pkg.go.dev/time#ParseDuration">time.ParseDuration</a>
 */
public final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, BigDecimal> NANOS =
      Map.of(
          "ns", BigDecimal.ONE,
          "us", BigDecimal.valueOf(1_000),
          "µs", BigDecimal.valueOf(1_000),
          "μs", BigDecimal.valueOf(1_000),
          "ms", BigDecimal.valueOf(1_000_000),
          "s", BigDecimal.valueOf(1_000_000_000L),
          "m", BigDecimal.valueOf(60_000_000_000L),
          "h", BigDecimal.valueOf(3_600_000_000_000L));

  private GoDuration() {}

  /**
   * Reads a duration. What is smaller than a nanosecond is cut off.
   *
   * @throws IllegalArgumentException if Go would not read it either; the message says what is
   *     expected
   */
  public static Duration parse(String text) {
    boolean negative = text.startsWith("-");
    String magnitude = negative || text.startsWith("+") ? text.substring(1) : text;
    if (magnitude.equals("0")) {
      return Duration.ZERO;
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(magnitude);
    int end = 0;
    while (end < magnitude.length() && part.find() && part.start() == end) {
      BigDecimal unit = NANOS.getOrDefault(part.group(2), BigDecimal.ONE);
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit));
      end = part.end();
    }
    if (end == 0 || end < magnitude.length()) {
      throw invalid(text);
    }
    try {
      BigInteger whole = nanos.toBigInteger();
      return Duration.ofNanos((negative ? whole.negate() : whole).longValueExact());
    } catch (ArithmeticException e) {
      throw invalid(text);
    }
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not a duration such as 30s, 3m or 1h30m (at most 292 years)");
  }
}
