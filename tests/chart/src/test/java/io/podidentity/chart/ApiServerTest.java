package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.prometheus.PodMonitorDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A real API server takes what is rendered, with all its fields known to it: nothing is left out
 * silently.
 */
@RequiresRealPart({RealPart.HELM, RealPart.KUBE_APISERVER, RealPart.POD_MONITOR_DEFINITION})
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
    api.apply(PodMonitorDefinition.find().file());
    for (String namespace : List.of("identity", "shop", "bank", "mic-is-here")) {
      api.createNamespace(namespace);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void takesWhatIsRendered(String name) {
    String rendered = Chart.renderCase(name);

    String taken = create(rendered);

    assertThat(taken.lines())
        .hasSameSizeAs(ObjectYaml.all(rendered))
        .anyMatch(line -> line.startsWith("daemonset.apps/"));
  }

  /** By the definition that the operator of Prometheus ships. */
  @Test
  void podMonitorsAreTakenAndWhatTheyCannotSayIsRefused() {
    String monitors =
        Chart.render(
            "--set",
            "metrics.podMonitor.enabled=true,metrics.podMonitor.interval=10s",
            "--show-only",
            "templates/podmonitors.yaml");
    assertThat(create(monitors).lines())
        .containsExactly(
            "podmonitor.monitoring.coreos.com/aad-pod-identity-mic",
            "podmonitor.monitoring.coreos.com/aad-pod-identity-nmi");

    assertThatThrownBy(() -> create(monitors.replace("interval:", "every:")))
        .hasMessageContaining("unknown field \"spec.podMetricsEndpoints[0].every\"");
    assertThatThrownBy(() -> create(monitors.replace("10s", "10 s")))
        .hasMessageContaining("spec.podMetricsEndpoints[0].interval");
  }

  private static String create(String objects) {
    return api.kubectlWithInput(
        objects, "create", "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-");
  }
}
