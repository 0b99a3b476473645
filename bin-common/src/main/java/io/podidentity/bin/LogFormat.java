package io.podidentity.bin;

import java.util.Locale;

/** What {@code --log-format} chooses. */
public enum LogFormat {
  /** One readable line per event. */
  TEXT,
  /** One JSON object per line. */
  JSON;

  /** The flag's value. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the flag's value.
   *
   * @throws IllegalArgumentException unless it is {@code text} or {@code json}
   */
  public static LogFormat parse(String text) {
    return switch (text) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default ->
          throw new IllegalArgumentException(
              "\"" + text + "\" is not a log format: use text or json");
    };
  }
}
