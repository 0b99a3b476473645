package io.podidentity.bin;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The text of a line for the log, of printable ASCII whatever is appended to it. It can be used
 * again for the next line: a line that is logged for each token should leave no garbage. Not
 * thread-safe.
 */
public final class AsciiLine {
  /** About what a line takes. */
  private static final int LENGTH = 256;

  /** A longer line is rare. */
  private static final int MOST_KEPT = 4096;

  private static final int LONGEST_NUMBER = 20;

  private byte[] bytes = new byte[LENGTH];
  private int length;

  /** An empty one. */
  public AsciiLine() {}

  /** A text of the program's own, which is appended without looking at it again. */
  public static final class Literal {
    private final byte[] ascii;

    private Literal(byte[] ascii) {
      this.ascii = ascii;
    }

    /**
     * Such a text.
     *
     * @throws IllegalArgumentException unless it is printable ASCII
     */
    public static Literal of(String text) {
      if (!text.equals(new AsciiLine().append(text).toString())) {
        throw new IllegalArgumentException("not printable ASCII");
      }
      return new Literal(text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Empties it. */
  public AsciiLine clear() {
    length = 0;
    if (bytes.length > MOST_KEPT) {
      bytes = new byte[LENGTH];
    }
    return this;
  }

  /** Appends a text as it is. */
  public AsciiLine append(Literal text) {
    room(text.ascii.length);
    System.arraycopy(text.ascii, 0, bytes, length, text.ascii.length);
    length += text.ascii.length;
    return this;
  }

  /** Appends a character; a question mark for one that is not printable ASCII. */
  public AsciiLine append(char c) {
    room(1);
    bytes[length++] = (byte) (isPrintable(c) ? c : '?');
    return this;
  }

  /** Appends a text with a question mark for each character that is not printable ASCII. */
  public AsciiLine append(String text) {
    room(text.length());
    int at = length;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes[at++] = (byte) (isPrintable(c) ? c : '?');
    }
    length = at;
    return this;
  }

  /** The same, with one also for what could end the value of a field or begin another field. */
  public AsciiLine appendWord(String text) {
    room(text.length());
    int at = length;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes[at++] = (byte) (isPrintable(c) && c != ' ' && c != '"' && c != '=' ? c : '?');
    }
    length = at;
    return this;
  }

  /**
   * Appends a number.
   *
   * @param number not negative
   */
  public AsciiLine append(long number) {
    room(LONGEST_NUMBER);
    long left = number;
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    for (int at = length + digits - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + left % 10);
      left /= 10;
    }
    length += digits;
    return this;
  }

  private static boolean isPrintable(char c) {
    return c >= ' ' && c <= '~';
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  /** What there is so far; valid until the next change, beyond {@link #length} anything. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** The text. */
  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }
}
