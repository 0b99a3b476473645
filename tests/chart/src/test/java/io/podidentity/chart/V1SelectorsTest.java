package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Selectors of workloads cannot be changed, so they have to be those of v1.8.17: of its chart
 * 4.1.18 and of its manifests. What is expected is written from those, not from this chart.
 */
@RequiresRealPart(RealPart.HELM)
final class V1SelectorsTest {

  static Stream<String> cases() {
    return Chart.cases().filter(name -> !name.startsWith("manifests"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areThoseOfItsChart(String name) {
    String override = name.equals("names") ? "identity-of-pods" : "aad-pod-identity";
    for (ObjectYaml workload : workloads(Chart.renderCase(name))) {
      String component = workload.kind().equals("DaemonSet") ? "nmi" : "mic";
      assertThat(workload.name()).isEqualTo(override + "-" + component);
      assertThat(workload.at("spec", "selector"))
          .isEqualTo(
              Map.of(
                  "matchLabels",
                  Map.of(
                      "app.kubernetes.io/name", override,
                      "app.kubernetes.io/instance", "pod-identity",
                      "app.kubernetes.io/component", component)));
      assertItSelectsItsPods(workload);
    }
  }

  @Test
  void areThoseOfItsManifests() {
    assertManifests("manifests", Map.of("component", "mic", "app", "mic"));
  }

  /** There its MIC has one label less. */
  @Test
  void areThoseOfItsManifestsWithoutAzureJson() {
    assertManifests("manifests-adminsecret", Map.of("component", "mic"));
  }

  private static void assertManifests(String name, Map<String, String> mic) {
    List<ObjectYaml> workloads = workloads(Chart.renderCase(name));
    assertThat(workloads).extracting(ObjectYaml::id).contains("DaemonSet/nmi", "Deployment/mic");
    for (ObjectYaml workload : workloads) {
      assertThat(workload.at("spec", "selector", "matchLabels"))
          .isEqualTo(
              workload.name().equals("nmi") ? Map.of("component", "nmi", "tier", "node") : mic);
      assertItSelectsItsPods(workload);
    }
  }

  private static void assertItSelectsItsPods(ObjectYaml workload) {
    assertThat(labels(workload, "spec", "template", "metadata", "labels"))
        .containsAllEntriesOf(labels(workload, "spec", "selector", "matchLabels"));
  }

  private static Map<Object, Object> labels(ObjectYaml workload, String... path) {
    return new HashMap<>((Map<?, ?>) Objects.requireNonNull(workload.at(path)));
  }

  private static List<ObjectYaml> workloads(String rendered) {
    List<ObjectYaml> workloads =
        ObjectYaml.all(rendered).stream()
            .filter(object -> List.of("DaemonSet", "Deployment").contains(object.kind()))
            .toList();
    assertThat(workloads).isNotEmpty();
    return workloads;
  }
}
