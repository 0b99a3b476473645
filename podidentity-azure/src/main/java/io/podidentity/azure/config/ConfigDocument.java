package io.podidentity.azure.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** A JSON or YAML file that holds one object. */
final class ConfigDocument {
  private static final Set<String> NULLS = Set.of("null", "~");

  private ConfigDocument() {}

  /**
   * The members of the file's object that are texts, numbers or booleans, each as it is written.
   * Others are left out.
   *
   * @param what for messages
   */
  static Settings read(Path file, String what) {
    Object document = parse(file, what);
    if (!(document instanceof Map<?, ?> members)) {
      throw ConfigFiles.invalid(file, what, "it holds no JSON or YAML object");
    }
    Map<String, String> values = new HashMap<>();
    members.forEach(
        (name, value) -> {
          if (name instanceof String key && value instanceof String text && !NULLS.contains(text)) {
            values.put(key, text);
          }
        });
    return new Settings(what + " " + file, values);
  }

  private static Object parse(Path file, String what) {
    String text = ConfigFiles.text(file, what);
    // JSON is YAML but for tabs between its tokens; inside its strings there are none.
    String yaml = text.stripLeading().startsWith("{") ? text.replace('\t', ' ') : text;
    // Every scalar stays the text that it is: a secret that looks like a number is not changed.
    LoadSettings settings =
        LoadSettings.builder().setLabel(what).setSchema(new FailsafeSchema()).build();
    try {
      Object document = new Load(settings).loadFromString(yaml);
      return document == null ? "" : document;
    } catch (MarkedYamlEngineException e) {
      // Neither the parser's message nor the exception goes on: it quotes the file.
      String where =
          e.getProblemMark()
              .map(
                  mark ->
                      " at line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1))
              .orElse("");
      throw ConfigFiles.invalid(file, what, "it is neither JSON nor YAML" + where);
    } catch (YamlEngineException e) {
      throw ConfigFiles.invalid(file, what, "it is neither JSON nor YAML");
    }
  }
}
