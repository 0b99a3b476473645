package io.podidentity.bin;

/**
 * Makes one line of a text that others may have chosen, for a terminal: it can neither look like a
 * line of the program's own nor tell the terminal to do something.
 */
public final class OneLine {
  private OneLine() {}

  /** The text with a question mark for each character that {@link #breaks} a line. */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      if (breaks(text.charAt(i))) {
        line.setCharAt(i, '?');
      }
    }
    return line.toString();
  }

  /** Control characters, of terminals too, and what some viewers take for the end of a line. */
  static boolean breaks(char c) {
    return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
  }
}
