package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** values.yaml, values.schema.json, the table in the README and v1's values agree. */
final class ValuesTest {

  /** A row of the table: path, type, default, and whether v1 has it. */
  private record Row(String type, Object byDefault, String since) {}

  @Test
  void theTableHasWhatTheSchemaHas() throws IOException {
    Map<String, Row> table = table();
    Map<String, Map<?, ?>> schema = schema();

    assertThat(table.keySet()).containsExactlyInAnyOrderElementsOf(schema.keySet());
    table.forEach(
        (path, row) -> {
          Map<?, ?> leaf = Objects.requireNonNull(schema.get(path), path);
          assertThat(row.byDefault()).as("default of " + path).isEqualTo(leaf.get("default"));
          assertThat(row.type()).as("type of " + path).isEqualTo(type(leaf));
        });
  }

  @Test
  void valuesYamlHasTheSchemasDefaults() throws IOException {
    ObjectYaml values = ObjectYaml.all(read("values.yaml")).get(0);
    Map<String, Map<?, ?>> schema = schema();

    schema.forEach(
        (path, leaf) ->
            assertThat(values.at(path.split("\\.", -1))).as(path).isEqualTo(leaf.get("default")));
    assertThat(leaves("", values.root(), schema).keySet())
        .containsExactlyInAnyOrderElementsOf(schema.keySet());
  }

  @Test
  void allOfV1AreThereWithItsDefaults() throws IOException {
    Map<String, Object> v1 = v1();
    Map<String, Row> table = table();

    assertThat(v1).hasSizeGreaterThan(60);
    v1.forEach(
        (path, byDefault) -> {
          Row row = Objects.requireNonNull(table.get(path), path);
          assertThat(row.byDefault()).as(path).isEqualTo(byDefault);
          assertThat(row.since()).as(path).isIn("v1", "changed");
        });
    List<String> refused = List.of("image.repository", "mic.tag", "nmi.tag");
    assertThat(
            table.entrySet().stream()
                .filter(row -> !row.getValue().since().equals("new"))
                .map(Map.Entry::getKey)
                .filter(path -> !refused.contains(path)))
        .containsExactlyInAnyOrderElementsOf(v1.keySet());
  }

  private static Map<String, Object> v1() throws IOException {
    return Files.readAllLines(Chart.file("tests/chart/src/test/resources/v1-values.tsv")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", 2))
        .collect(Collectors.toMap(line -> line[0], line -> ObjectYaml.document(line[1])));
  }

  private static Map<String, Row> table() throws IOException {
    Map<String, Row> table = new TreeMap<>();
    read("README.md")
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.split(" \\| ", 5))
        .forEach(
            cells ->
                table.put(
                    unquoted(cells[0].substring(2)),
                    new Row(cells[1], ObjectYaml.document(unquoted(cells[2])), cells[3])));
    return table;
  }

  private static String unquoted(String cell) {
    return cell.substring(1, cell.length() - 1);
  }

  /** What has a default is a value; what has none is a group of them. */
  private static Map<String, Map<?, ?>> schema() throws IOException {
    Map<String, Map<?, ?>> leaves = new TreeMap<>();
    collect("", (Map<?, ?>) ObjectYaml.document(read("values.schema.json")), leaves);
    return leaves;
  }

  private static void collect(String path, Map<?, ?> node, Map<String, Map<?, ?>> leaves) {
    if (node.containsKey("default")) {
      leaves.put(path, node);
      return;
    }
    if (node.get("properties") instanceof Map<?, ?> members) {
      assertThat(node.get("additionalProperties")).as(path).isEqualTo(false);
      members.forEach(
          (name, member) -> {
            if (!"global".equals(name)) {
              collect(path.isEmpty() ? "" + name : path + "." + name, (Map<?, ?>) member, leaves);
            }
          });
    }
  }

  private static Map<String, Object> leaves(
      String path, Map<?, ?> node, Map<String, Map<?, ?>> schema) {
    Map<String, Object> found = new LinkedHashMap<>();
    node.forEach(
        (name, member) -> {
          String here = path.isEmpty() ? "" + name : path + "." + name;
          if (!schema.containsKey(here) && member instanceof Map<?, ?> group) {
            found.putAll(leaves(here, group, schema));
          } else {
            found.put(here, member);
          }
        });
    return found;
  }

  private static String type(Map<?, ?> leaf) {
    if (leaf.get("enum") instanceof List<?> values) {
      return values.contains(true) ? "boolean" : "string";
    }
    return leaf.get("type") instanceof List<?> types
        ? types.stream().map(String::valueOf).collect(Collectors.joining(" or "))
        : String.valueOf(leaf.get("type"));
  }

  private static String read(String file) throws IOException {
    return Files.readString(Chart.folder().resolve(file));
  }
}
