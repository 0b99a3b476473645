package io.podidentity.bin;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Integers as Go reads flags of type int: decimal, or with a prefix {@code 0x}, {@code 0b}, {@code
 * 0o} or {@code 0}; with underscores between digits.
 *
 * @see <a href="https://pkg.go.dev/strconv#ParseInt">strconv.ParseInt</a>
 */
final class GoInteger {
  private static final Pattern FORM =
      Pattern.compile(
          "([+-]?)(?:(0[xX])((?:_?[0-9a-fA-F])+)|(0[bB])((?:_?[01])+)|(0[oO]?)((?:_?[0-7])+)"
              + "|()(0|[1-9](?:_?[0-9])*))");
  private static final Map<Integer, Integer> RADIX_BY_GROUP = Map.of(3, 16, 5, 2, 7, 8, 9, 10);

  private GoInteger() {}

  /** Reads an integer of 32 bits; an {@link IllegalArgumentException} says what is expected. */
  static int parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      for (Map.Entry<Integer, Integer> each : RADIX_BY_GROUP.entrySet()) {
        String digits = form.group(each.getKey());
        if (digits != null) {
          return parse(text, form.group(1) + digits.replace("_", ""), each.getValue());
        }
      }
    }
    throw invalid(text);
  }

  private static int parse(String text, String digits, int radix) {
    try {
      return Integer.parseInt(digits, radix);
    } catch (NumberFormatException e) {
      throw invalid(text);
    }
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not a whole number (of at most 32 bits)");
  }
}
