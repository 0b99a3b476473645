package io.podidentity.bin;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON that commands print, indented. It is ASCII: JSON itself lets the control characters from
 * U+0080 to U+009F through, and terminals obey them.
 */
public final class PrintedJson {
  private PrintedJson() {}

  /**
   * The text, with its last line's end.
   *
   * @param value of maps, lists, texts, numbers and truth values
   */
  public static String of(Object value) {
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writeValueAsString(value)
        + "\n";
  }
}
