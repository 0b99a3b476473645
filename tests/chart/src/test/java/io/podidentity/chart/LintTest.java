package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@RequiresRealPart(RealPart.HELM)
final class LintTest {

  static Stream<String> cases() {
    return Chart.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void helmFindsNothingWrong(String name) {
    CommandResult result =
        Chart.helm(
                "lint",
                Chart.folder().toString(),
                "--strict",
                "--set",
                Chart.REPOSITORY,
                "--values",
                Chart.values(name).toString())
            .run();

    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
  }

  @Test
  void isOfTheProgramsVersionAndAboveV1() throws IOException {
    ObjectYaml chart =
        ObjectYaml.all(Files.readString(Chart.folder().resolve("Chart.yaml"))).get(0);

    assertThat(chart.at("appVersion")).isEqualTo(System.getProperty("podidentity.version"));
    assertThat(String.valueOf(chart.at("version"))).startsWith("5.");
    assertThat(chart.at("name")).isEqualTo("aad-pod-identity");
  }
}
