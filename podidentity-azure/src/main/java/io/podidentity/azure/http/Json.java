package io.podidentity.azure.http;

import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the few members of an answer that matter, whatever else it holds. */
public final class Json {
  private Json() {}

  /** The members of a JSON object; empty if the text is anything else. */
  public static Map<?, ?> object(byte[] text) {
    try (JsonReader reader = JsonProviders.createReader(text)) {
      return reader.readUntyped() instanceof Map<?, ?> members ? members : Map.of();
    } catch (IOException | IllegalStateException e) {
      // The second one is what nesting without end leads to.
      return Map.of();
    }
  }

  /** The members of a member that is an object; empty if it is anything else. */
  public static Map<?, ?> object(Map<?, ?> members, String name) {
    return members.get(name) instanceof Map<?, ?> inner ? inner : Map.of();
  }

  /** A member that is a text, number or boolean, as text; null if it is anything else. */
  public static @Nullable String text(Map<?, ?> members, String name) {
    Object value = members.get(name);
    return value instanceof String || value instanceof Number || value instanceof Boolean
        ? value.toString()
        : null;
  }
}
