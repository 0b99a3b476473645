package io.podidentity.nmi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * JSON as it goes out, in UTF-8. Strings are escaped as Go's {@code encoding/json} does by default,
 * so that bodies equal those of AAD Pod Identity v1 to the byte: also {@code <}, {@code >}, {@code
 * &}, U+2028 and U+2029.
 *
 * <p>Nearly all of an answer is its token, for which nothing is to be escaped: that is found out
 * byte by byte and copied at once, because it is a good part of what a cached token costs.
 *
 * @see <a href="https://pkg.go.dev/encoding/json#Marshal">json.Marshal</a>
 */
final class JsonText {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** Which bytes of Latin-1 stand for themselves. */
  private static final boolean[] PLAIN = new boolean[1 << Byte.SIZE];

  static {
    Arrays.fill(PLAIN, ' ', 0x80, true);
    // A question mark takes the place of what Latin-1 does not have.
    for (char c : "\"\\<>&?".toCharArray()) {
      PLAIN[c] = false;
    }
  }

  private byte[] bytes;
  private int length;

  /**
   * An empty text.
   *
   * @param room how many bytes to expect
   */
  JsonText(int room) {
    bytes = new byte[room];
  }

  /** Appends what is JSON already, in ASCII. */
  JsonText raw(String json) {
    return append(json.getBytes(ISO_8859_1));
  }

  /** Appends a string with its quotes. */
  JsonText string(String text) {
    byte[] latin = text.getBytes(ISO_8859_1);
    byte[] escaped = isPlain(latin) ? latin : escape(text).getBytes(UTF_8);
    return raw("\"").append(escaped).raw("\"");
  }

  /** The whole; not to be appended to any more. */
  ByteBuffer toBuffer() {
    return ByteBuffer.wrap(bytes, 0, length).slice();
  }

  private JsonText append(byte[] more) {
    if (bytes.length - length < more.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more.length));
    }
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  private static boolean isPlain(byte[] latin) {
    for (byte b : latin) {
      if (!PLAIN[b & 0xff]) {
        return false;
      }
    }
    return true;
  }

  private static String escape(String text) {
    StringBuilder json = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c, text, i)) {
        json.append(c);
      } else {
        escape(json, c);
      }
    }
    return json.toString();
  }

  private static boolean isPlain(char c, String text, int i) {
    if (c < 0x80) {
      return PLAIN[c] || c == '?';
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
