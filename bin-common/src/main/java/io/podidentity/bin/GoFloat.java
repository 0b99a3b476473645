package io.podidentity.bin;

import java.util.regex.Pattern;

/**
 * Numbers as Go reads flags of type float64, without hexadecimal ones, infinity and NaN.
 *
 * @see <a href="https://pkg.go.dev/strconv#ParseFloat">strconv.ParseFloat</a>
 */
final class GoFloat {
  private static final Pattern FORM =
      Pattern.compile("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");

  private GoFloat() {}

  /** Reads a number; an {@link IllegalArgumentException} says what is expected. */
  static double parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is not a number");
    }
    return Double.parseDouble(text);
  }
}
