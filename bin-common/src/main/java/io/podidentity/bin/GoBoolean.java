package io.podidentity.bin;

/**
 * Booleans as Go reads them.
 *
 * @see <a href="https://pkg.go.dev/strconv#ParseBool">strconv.ParseBool</a>
 */
final class GoBoolean {
  private GoBoolean() {}

  /** Reads a boolean; an {@link IllegalArgumentException} says what is expected. */
  static boolean parse(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default ->
          throw new IllegalArgumentException(
              "\"" + text + "\" is not a boolean: use true or false");
    };
  }
}
