package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
