package io.podidentity.example.planning;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A mapping of YAML, read without asking first what is there. */
record Fields(@Nullable Object value) {
  Fields at(String key) {
    return new Fields(value instanceof Map<?, ?> map ? map.get(key) : null);
  }

  String text(String key) {
    Object found = at(key).value();
    return found == null ? "" : found.toString();
  }

  List<Fields> list(String key) {
    return at(key).value() instanceof List<?> list
        ? list.stream().<Fields>map(Fields::new).toList()
        : List.of();
  }

  Map<String, String> texts() {
    return value instanceof Map<?, ?> map
        ? map.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> String.valueOf(entry.getKey()),
                    entry -> String.valueOf(entry.getValue())))
        : Map.of();
  }
}
