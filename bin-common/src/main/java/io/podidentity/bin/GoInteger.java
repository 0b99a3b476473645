package io.podidentity.bin;

/**
 * Integers as Go reads flags of type int: decimal, or with a prefix {@code 0x} or {@code 0}.
 *
 * @see <a href="https://pkg.go.dev/strconv#ParseInt">strconv.ParseInt</a>
 */
final class GoInteger {
  private GoInteger() {}

  /** Reads an integer of 32 bits; an {@link IllegalArgumentException} says what is expected. */
  static int parse(String text) {
    try {
      if (!text.contains("#")) {
        return Integer.decode(text);
      }
    } catch (NumberFormatException e) {
      // Reported below, in words.
    }
    throw new IllegalArgumentException("\"" + text + "\" is not a whole number");
  }
}
