package io.podidentity.azure.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A JSON or YAML file that holds one object. Its values are taken as they are written: a secret
 * that looks like a number is not changed.
 */
final class ConfigDocument {
  private static final Set<String> NULLS = Set.of("null", "~", "");

  private ConfigDocument() {}

  /**
   * The members of the file's object that are texts, numbers or booleans; others are left out, and
   * so is null.
   *
   * @param what for messages
   */
  static Settings read(Path file, String what) {
    if (!(compose(file, what) instanceof MappingNode object)) {
      throw ConfigFiles.invalid(file, what, "it holds no JSON or YAML object");
    }
    Map<String, String> values = new HashMap<>();
    for (NodeTuple member : object.getValue()) {
      if (member.getKeyNode() instanceof ScalarNode name
          && member.getValueNode() instanceof ScalarNode value
          && !isNull(value)) {
        values.put(name.getValue(), value.getValue());
      }
    }
    return new Settings(what + " " + file, values);
  }

  private static boolean isNull(ScalarNode value) {
    return value.getScalarStyle() == ScalarStyle.PLAIN && NULLS.contains(value.getValue());
  }

  private static @Nullable Node compose(Path file, String what) {
    String text = ConfigFiles.text(file, what);
    // JSON is YAML but for tabs between its tokens; inside its strings there are none.
    String yaml = text.stripLeading().startsWith("{") ? text.replace('\t', ' ') : text;
    try {
      return new Compose(LoadSettings.builder().build()).composeString(yaml).orElse(null);
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
