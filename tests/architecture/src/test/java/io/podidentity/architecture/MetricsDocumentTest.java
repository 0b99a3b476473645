package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.spi.Telemetry;
import io.podidentity.bin.metrics.Family;
import io.podidentity.bin.metrics.MetricRegistry;
import io.podidentity.mic.MicMetrics;
import io.podidentity.nmi.NmiMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/metrics.md lists the metrics of both programs, with their types and labels, and no other.
 */
final class MetricsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "..", "docs", "metrics.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| (\\w+) \\| ([^|]*)\\| [^|]+ \\|$");

  @Test
  void everyMetricOfNmiIsDocumentedAndNoOther() throws IOException {
    assertThat(known(new NmiMetrics().registry()))
        .isEqualTo(documented("Those of AAD Pod Identity v1", "NMI's own", "The process"));
  }

  @Test
  void everyMetricOfMicIsDocumentedAndNoOther() throws IOException {
    assertThat(known(new MicMetrics(Telemetry.NOOP).registry()))
        .isEqualTo(documented("Those of AAD Pod Identity v1", "MIC's own", "The process"));
  }

  private static Set<String> known(MetricRegistry registry) {
    return registry.families().stream()
        .map(MetricsDocumentTest::describe)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String describe(Family<?> family) {
    return describe(family.name(), family.type(), family.labels());
  }

  private static String describe(String name, String type, List<String> labels) {
    return name + " " + type + " " + labels;
  }

  private static Set<String> documented(String... sections) throws IOException {
    List<String> all = List.of(Files.readString(DOCUMENT).split("\n## ", -1));
    Set<String> rows = new TreeSet<>();
    for (String section : sections) {
      List<String> found = all.stream().filter(text -> text.startsWith(section + "\n")).toList();
      assertThat(found).as(section).hasSize(1);
      ROW.matcher(found.get(0))
          .results()
          .map(row -> describe(row.group(1), row.group(2), labels(row.group(3))))
          .forEach(row -> assertThat(rows.add(row)).as(row).isTrue());
    }
    return rows;
  }

  private static List<String> labels(String cell) {
    return Stream.of(cell.split(",", -1))
        .map(label -> label.replace("`", "").trim())
        .filter(label -> !label.isEmpty())
        .toList();
  }
}
