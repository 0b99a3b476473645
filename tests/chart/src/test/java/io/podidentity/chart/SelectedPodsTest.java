package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disruption budget, network policy and monitors are there on demand, and for the right pods. */
@RequiresRealPart(RealPart.HELM)
final class SelectedPodsTest {

  private static final String[] ALL = {
    "mic.podDisruptionBudget.minAvailable=1",
    "networkPolicy.enabled=true",
    "metrics.podMonitor.enabled=true",
    "mic.probePort=8081",
    "mic.prometheusPort=8889",
    "nmi.prometheusPort=9091"
  };

  @Test
  void byDefaultThereIsNone() {
    assertThat(ObjectYaml.all(Chart.render()))
        .extracting(ObjectYaml::kind)
        .doesNotContain("PodDisruptionBudget", "NetworkPolicy", "PodMonitor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chart", "manifests"})
  void budgetIsForMicAlone(String naming) {
    List<ObjectYaml> all = render(naming);
    ObjectYaml budget = one(all, "PodDisruptionBudget/mic-pdb");

    assertThat(budget.at("spec", "minAvailable")).isEqualTo(1);
    assertThat(selected(all, budget.at("spec", "selector", "matchLabels")))
        .containsExactly("Deployment");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chart", "manifests"})
  void policyLeavesMicsProbesAndMetrics(String naming) {
    List<ObjectYaml> all = render(naming);
    ObjectYaml policy =
        all.stream().filter(one -> one.kind().equals("NetworkPolicy")).findFirst().orElseThrow();

    assertThat(selected(all, policy.at("spec", "podSelector", "matchLabels")))
        .containsExactly("Deployment");
    assertThat(policy.at("spec", "policyTypes")).isEqualTo(List.of("Ingress"));
    assertThat(policy.list("spec", "ingress").toString())
        .contains("port=8081", "port=8889")
        .doesNotContain("from=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chart", "manifests"})
  void monitorsAreForThePortsThatThePodsHave(String naming) {
    List<ObjectYaml> all = render(naming);
    List<ObjectYaml> monitors =
        all.stream().filter(one -> one.kind().equals("PodMonitor")).toList();

    assertThat(monitors)
        .extracting(one -> selected(all, one.at("spec", "selector", "matchLabels")))
        .containsExactly(List.of("Deployment"), List.of("DaemonSet"));
    assertThat(monitors)
        .allMatch(
            one -> one.list("spec", "podMetricsEndpoints").toString().contains("port=metrics"));
    assertThat(ports(all)).containsExactlyInAnyOrder(8889, 9091);
  }

  /** Its pods keep apart by a label that they have. */
  @ParameterizedTest
  @ValueSource(strings = {"chart", "manifests"})
  void micKeepsApartFromItself(String naming) {
    ObjectYaml mic =
        render(naming).stream()
            .filter(object -> object.kind().equals("Deployment"))
            .findFirst()
            .orElseThrow();
    Map<?, ?> term =
        (Map<?, ?>)
            mic.list(
                    "spec",
                    "template",
                    "spec",
                    "affinity",
                    "podAntiAffinity",
                    "preferredDuringSchedulingIgnoredDuringExecution")
                .get(0);
    Map<?, ?> expression =
        (Map<?, ?>)
            new ObjectYaml(term)
                .list("podAffinityTerm", "labelSelector", "matchExpressions")
                .get(0);

    assertThat(expression.get("values")).isEqualTo(List.of("mic"));
    assertThat(
            ((Map<?, ?>) Objects.requireNonNull(mic.at("spec", "template", "metadata", "labels")))
                .get(expression.get("key")))
        .isEqualTo("mic");
  }

  /** Where MIC may not run, or is evicted, a drain would hang or be evicted too. */
  @Test
  void drainIsPlacedAsMicIs() {
    List<ObjectYaml> all =
        ObjectYaml.all(
            Chart.render(
                "--values",
                Chart.values("tuned").toString(),
                "--set",
                "mic.startupTaint=podidentity.io/starting"));
    Map<?, ?> mic = podOf(all, "Deployment");
    Map<?, ?> drain = podOf(all, "Job");

    for (String part : List.of("nodeSelector", "affinity", "tolerations", "priorityClassName")) {
      assertThat(drain.get(part)).as(part).isNotNull().isEqualTo(mic.get(part));
    }
    assertThat(String.valueOf(drain.get("affinity"))).contains("nodeAffinity");
    assertThat(String.valueOf(drain.get("tolerations"))).contains("podidentity.io/starting");
  }

  private static Map<?, ?> podOf(List<ObjectYaml> all, String kind) {
    ObjectYaml workload =
        all.stream().filter(object -> object.kind().equals(kind)).findFirst().orElseThrow();
    return (Map<?, ?>) Objects.requireNonNull(workload.at("spec", "template", "spec"));
  }

  private static List<ObjectYaml> render(String naming) {
    String[] options =
        Stream.concat(Stream.of("naming=" + naming), Stream.of(ALL))
            .flatMap(value -> Stream.of("--set", value))
            .toArray(String[]::new);
    return ObjectYaml.all(Chart.render(options));
  }

  private static ObjectYaml one(List<ObjectYaml> all, String id) {
    return all.stream().filter(object -> object.id().equals(id)).findFirst().orElseThrow();
  }

  /** The kinds of the workloads whose pods have these labels; the drain's is one too. */
  private static List<String> selected(List<ObjectYaml> all, Object labels) {
    return all.stream()
        .filter(object -> object.at("spec", "template", "metadata", "labels") != null)
        .filter(
            object ->
                ((Map<?, ?>)
                        Objects.requireNonNull(object.at("spec", "template", "metadata", "labels")))
                    .entrySet()
                    .containsAll(((Map<?, ?>) labels).entrySet()))
        .map(ObjectYaml::kind)
        .toList();
  }

  /** Of the ports named {@code metrics}. */
  private static List<Object> ports(List<ObjectYaml> all) {
    return all.stream()
        .flatMap(object -> object.list("spec", "template", "spec", "containers").stream())
        .map(container -> new ObjectYaml((Map<?, ?>) container))
        .flatMap(container -> container.list("ports").stream())
        .map(port -> (Map<?, ?>) port)
        .filter(port -> "metrics".equals(port.get("name")))
        .<Object>map(port -> port.get("containerPort"))
        .toList();
  }
}
