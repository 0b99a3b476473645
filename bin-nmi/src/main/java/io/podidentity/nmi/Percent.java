package io.podidentity.nmi;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Percent-decoding that refuses what it cannot decode. */
final class Percent {
  private static final char FIRST_NON_ASCII = 0x80;

  private Percent() {}

  /**
   * Decodes once.
   *
   * @param plusIsSpace as in a query; in a path a plus is a plus
   * @return null for an incomplete or wrong escape, for what is not UTF-8 after decoding, and for
   *     characters that should have been escaped because they are not ASCII
   */
  static @Nullable String decode(String text, boolean plusIsSpace) {
    boolean clean = true;
    for (int i = 0; i < text.length() && clean; i++) {
      char c = text.charAt(i);
      clean = c != '%' && c < FIRST_NON_ASCII && !(plusIsSpace && c == '+');
    }
    return clean ? text : decodeBytes(text, plusIsSpace);
  }

  private static @Nullable String decodeBytes(String text, boolean plusIsSpace) {
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    int all = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= FIRST_NON_ASCII) {
        return null;
      } else if (c == '+' && plusIsSpace) {
        bytes.put((byte) ' ');
      } else if (c != '%') {
        bytes.put((byte) c);
      } else if (i + 2 < text.length() && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2))) {
        int escaped = HexFormat.fromHexDigits(text, i + 1, i + 3);
        bytes.put((byte) escaped);
        all |= escaped;
        i += 2;
      } else {
        return null;
      }
    }
    if (all < FIRST_NON_ASCII) {
      // Needs no check, and a decoder is dear.
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static boolean isHex(char c) {
    return HexFormat.isHexDigit(c);
  }
}
