package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A real API server takes what is rendered, with all its fields known to it: nothing is left out
 * silently.
 */
@RequiresRealPart({RealPart.HELM, RealPart.KUBE_APISERVER})
final class ApiServerTest {

  private static KubeApiServer api;

  static Stream<String> cases() {
    return Chart.cases();
  }

  @BeforeAll
  static void start() throws IOException {
    api = KubeApiServer.shared();
    try (Stream<Path> crds = Files.list(Chart.folder().resolve("crds"))) {
      crds.forEach(api::apply);
    }
    for (String namespace : List.of("identity", "shop", "bank", "mic-is-here")) {
      api.createNamespace(namespace);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void takesWhatIsRendered(String name) {
    List<String> documents =
        Arrays.stream(Chart.renderCase(name).split("(?m)^---$"))
            // Prometheus' operator is not there.
            .filter(document -> !document.contains("kind: PodMonitor"))
            .toList();

    String taken =
        api.kubectlWithInput(
            String.join("\n---\n", documents),
            "create",
            "--dry-run=server",
            "--validate=strict",
            "-o",
            "name",
            "-f",
            "-");

    assertThat(taken.lines())
        .hasSameSizeAs(ObjectYaml.all(String.join("\n---\n", documents)))
        .anyMatch(line -> line.startsWith("daemonset.apps/"));
  }
}
