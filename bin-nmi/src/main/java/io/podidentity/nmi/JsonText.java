package io.podidentity.nmi;

/**
 * JSON strings, escaped as Go's {@code encoding/json} does by default, so that bodies equal those
 * of AAD Pod Identity v1 to the byte: also {@code <}, {@code >}, {@code &}, U+2028 and U+2029.
 *
 * @see <a href="https://pkg.go.dev/encoding/json#Marshal">json.Marshal</a>
 */
final class JsonText {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private JsonText() {}

  /** Appends a string with its quotes. */
  static void append(StringBuilder json, String text) {
    json.append('"');
    int done = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c, text, i)) {
        continue;
      }
      json.append(text, done, i);
      done = i + 1;
      escape(json, c);
    }
    json.append(text, done, text.length()).append('"');
  }

  private static boolean isPlain(char c, String text, int i) {
    if (c < 0x80) {
      return c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
    }
    return c != 0x2028 && c != 0x2029 && !isLoneSurrogate(c, text, i);
  }

  private static boolean isLoneSurrogate(char c, String text, int i) {
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private static void escape(StringBuilder json, char c) {
    switch (c) {
      case '"' -> json.append("\\\"");
      case '\\' -> json.append("\\\\");
      case '\n' -> json.append("\\n");
      case '\r' -> json.append("\\r");
      case '\t' -> json.append("\\t");
      default -> {
        // Go puts the replacement character where a string is not Unicode.
        char shown = Character.isSurrogate(c) ? '\ufffd' : c;
        json.append("\\u")
            .append(HEX[shown >> 12])
            .append(HEX[(shown >> 8) & 0xf])
            .append(HEX[(shown >> 4) & 0xf])
            .append(HEX[shown & 0xf]);
      }
    }
  }
}
