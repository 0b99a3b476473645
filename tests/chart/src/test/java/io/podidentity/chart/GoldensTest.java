package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the chart renders for each file of values is what the golden of that name says. {@code
 * -Dpodidentity.goldens=write} writes the goldens; the change is then to be read.
 */
@RequiresRealPart(RealPart.HELM)
final class GoldensTest {

  private static final boolean WRITE = "write".equals(System.getProperty("podidentity.goldens"));

  static Stream<String> cases() {
    return Chart.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRenderedAsBefore(String name) throws IOException {
    String rendered = Chart.renderCase(name);
    Path golden = golden(name);
    if (WRITE) {
      Files.writeString(golden, rendered);
    }
    assertThat(golden).hasContent(rendered);
  }

  /** What is taken out is as by default: no protection is off, and the mode is not another one. */
  @Test
  void nullWeakensNothing() {
    List<String> byDefault = Chart.renderCase("default").lines().toList();
    List<String> nulls = Chart.renderCase("nulls").lines().toList();

    assertThat(byDefault).containsAll(nulls);
    assertThat(byDefault.stream().filter(line -> !nulls.contains(line)).map(String::strip))
        .as("flags whose defaults are these")
        .containsExactlyInAnyOrder(
            "- \"--enableScaleFeatures=true\"",
            "- \"--metadata-header-required=true\"",
            "- \"--on-exit=auto\"",
            "- \"--iptables-backend=auto\"");
  }

  @Test
  void thereIsAGoldenForEachFileOfValuesAndNoOther() throws IOException {
    try (Stream<Path> files = Files.list(golden("x").getParent())) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrderElementsOf(cases().map(name -> name + ".yaml").toList());
    }
  }

  private static Path golden(String name) {
    return Chart.file("tests/chart/src/test/resources/goldens/" + name + ".yaml");
  }
}
