package io.podidentity.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One object of Kubernetes, as read from YAML.
 *
 * @param root its members
 */
record ObjectYaml(Map<?, ?> root) {

  /** All documents that are not empty. */
  static List<ObjectYaml> all(String yaml) {
    List<ObjectYaml> objects = new ArrayList<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (document instanceof Map<?, ?> root) {
        objects.add(new ObjectYaml(root));
      }
    }
    return objects;
  }

  /** One document of any kind. */
  static Object document(String yaml) {
    return Objects.requireNonNull(
        new Load(LoadSettings.builder().build()).loadFromString(yaml), "empty");
  }

  String kind() {
    return String.valueOf(at("kind"));
  }

  String name() {
    return String.valueOf(at("metadata", "name"));
  }

  /** Kind and name. */
  String id() {
    return kind() + "/" + name();
  }

  boolean isHook() {
    return at("metadata", "annotations", "helm.sh/hook") != null;
  }

  /** What is at the end of the path; null if that leads nowhere. */
  @Nullable Object at(String... path) {
    Object here = root;
    for (String step : path) {
      here = here instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return here;
  }

  /** A list at the end of the path; empty if there is none. */
  List<?> list(String... path) {
    return at(path) instanceof List<?> list ? list : List.of();
  }
}
