package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.assignment.AssignmentPlanner;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plans as tables: each folder of {@code plans} holds the objects of a cluster as people write them
 * ({@code in-*.yaml}) and the plan that MIC makes of them ({@code out-plan.yaml}). The rules are
 * those of AAD Pod Identity v1.8.17 ({@code pkg/mic/mic.go}), the differences those of
 * docs/compatibility.md.
 */
class PlanTablesTest {
  static List<String> folders() throws IOException, URISyntaxException {
    try (Stream<Path> folders = Files.list(root())) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("folders")
  void planIsAsWritten(String name) throws IOException, URISyntaxException {
    Path folder = root().resolve(name);
    PlanTable table = PlanTable.read(folder);

    Object plan = PlanYaml.of(new AssignmentPlanner(table.options()).plan(table.snapshot()));

    assertThat(plan)
        .as("%s", PlanYaml.text(plan))
        .isEqualTo(PlanYaml.read(folder.resolve("out-plan.yaml")));
  }

  private static Path root() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(PlanTablesTest.class.getResource("plans"), "plans").toURI());
  }
}
