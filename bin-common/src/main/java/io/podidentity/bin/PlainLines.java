package io.podidentity.bin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;

/**
 * Makes the very lines that {@link LogLines} makes of events of level INFO, without an event: for
 * one logger, and for messages of printable ASCII. Not thread-safe.
 */
final class PlainLines {
  /** About what a line takes beside its message. */
  private static final int BESIDE = 128;

  private static final byte[] JSON_TIME = "{\"ts\":".getBytes(US_ASCII);
  private static final byte[] JSON_END =
      ("\",\"v\":0}" + System.lineSeparator()).getBytes(US_ASCII);
  private static final byte[] TEXT_END = System.lineSeparator().getBytes(US_ASCII);

  private final LogFormat format;
  private final byte[] afterTime;
  private long second = Long.MIN_VALUE;
  private byte[] timeOfSecond = {};
  private byte[] line = new byte[BESIDE];
  private int length;

  /**
   * Lines of a logger.
   *
   * @param shortName its name in a line, printable ASCII
   */
  PlainLines(LogFormat format, String shortName) {
    this.format = format;
    String rest =
        format == LogFormat.JSON
            ? ",\"level\":\"info\",\"logger\":\"" + shortName + "\",\"msg\":\""
            : "Z INFO  " + shortName + " - ";
    this.afterTime = rest.getBytes(US_ASCII);
  }

  /**
   * Makes a line, with its end.
   *
   * @return how many bytes it has; see {@link #bytes}
   */
  int make(Instant time, AsciiLine message) {
    int most = BESIDE + afterTime.length + 2 * message.length();
    if (line.length < most) {
      line = new byte[most];
    }
    length = 0;
    if (format == LogFormat.JSON) {
      put(JSON_TIME);
      long seconds = time.getEpochSecond();
      int micros = time.getNano() / 1000;
      digits(seconds * 1000 + micros / 1000);
      line[length++] = '.';
      threeDigits(micros % 1000);
      put(afterTime);
      escaped(message);
      put(JSON_END);
    } else {
      putSecond(time.getEpochSecond());
      threeDigits(time.getNano() / 1_000_000);
      put(afterTime);
      System.arraycopy(message.bytes(), 0, line, length, message.length());
      length += message.length();
      put(TEXT_END);
    }
    return length;
  }

  /** The line made last. */
  byte[] bytes() {
    return line;
  }

  private void putSecond(long now) {
    if (now != second) {
      second = now;
      timeOfSecond = LogLines.secondOf(now).getBytes(US_ASCII);
    }
    put(timeOfSecond);
  }

  private void escaped(AsciiLine message) {
    byte[] text = message.bytes();
    for (int i = 0; i < message.length(); i++) {
      byte b = text[i];
      if (b == '"' || b == '\\') {
        line[length++] = '\\';
      }
      line[length++] = b;
    }
  }

  private void put(byte[] more) {
    System.arraycopy(more, 0, line, length, more.length);
    length += more.length;
  }

  private void digits(long number) {
    byte[] all = Long.toString(number).getBytes(US_ASCII);
    put(all);
  }

  private void threeDigits(int number) {
    line[length++] = (byte) ('0' + number / 100);
    line[length++] = (byte) ('0' + number / 10 % 10);
    line[length++] = (byte) ('0' + number % 10);
  }
}
