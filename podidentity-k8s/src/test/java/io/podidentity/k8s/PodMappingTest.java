package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PodMappingTest {
  // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
  private static final String POD =
      """
      {"metadata": {"name": "web", "namespace": "team", "uid": "u-1",
         "labels": {"aadpodidbinding": "demo", "app": "web"},
         "deletionTimestamp": "2026-01-01T00:00:00Z"},
       "spec": {"nodeName": "node-1", "hostNetwork": true},
       "status": {"phase": "Running", "podIP": "10.0.0.7",
         "podIPs": [{"ip": "10.0.0.7"}, {"ip": "fd00::7"}]}}
      """;

  @Test
  void podIsMappedWhole() throws Exception {
    assertThat(PodMapping.whole(read(POD)))
        .isEqualTo(
            new Pod(
                new NamespacedName("team", "web"),
                "u-1",
                "node-1",
                Map.of("aadpodidbinding", "demo", "app", "web"),
                Set.of(InetAddress.getByName("10.0.0.7"), InetAddress.getByName("fd00::7")),
                PodPhase.RUNNING,
                true,
                true));
  }

  @Test
  void forPlanningOnlyTheBindingLabelCounts() {
    Pod pod = PodMapping.forPlanning(read(POD));

    assertThat(pod.labels()).isEqualTo(Map.of("aadpodidbinding", "demo"));
    assertThat(pod.addresses()).isEmpty();
    assertThat(pod.nodeName()).isEqualTo("node-1");
  }

  @Test
  void podThatHasJustBeenCreatedHasNoNodeAndNoAddress() {
    Pod pod =
        PodMapping.whole(
            read(
                """
                {"metadata": {"name": "web", "namespace": "team", "uid": "u-1"}, "spec": {}}
                """));

    assertThat(pod.nodeName()).isNull();
    assertThat(pod.addresses()).isEmpty();
    assertThat(pod.labels()).isEmpty();
    assertThat(pod.phase()).isEqualTo(PodPhase.PENDING);
    assertThat(pod.hostNetwork()).isFalse();
    assertThat(pod.terminating()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Pending,PENDING",
    "Succeeded,SUCCEEDED",
    "Failed,FAILED",
    "Unknown,UNKNOWN",
    "Sideways,UNKNOWN"
  })
  void phaseIsMapped(String text, PodPhase phase) {
    assertThat(
            PodMapping.whole(
                    read(
                        """
                        {"metadata": {"name": "web", "namespace": "team", "uid": "u-1"},
                         "status": {"phase": "%s"}}
                        """
                            .formatted(text)))
                .phase())
        .isEqualTo(phase);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "beef", "1.2.3", "300.1.1.1", "127.0.0.256", "::zz", ""})
  void whatIsNoAddressIsLeftOutAndNotLookedUp(String text) {
    assertThat(
            PodMapping.whole(
                    read(
                        """
                        {"metadata": {"name": "web", "namespace": "team", "uid": "u-1"},
                         "status": {"podIP": "%s"}}
                        """
                            .formatted(text)))
                .addresses())
        .isEmpty();
  }

  @Test
  void podWithoutAUidIsNotShown() {
    assertThat(
            PodMapping.whole(read("{\"metadata\": {\"name\": \"web\", \"namespace\": \"team\"}}")))
        .isNull();
  }

  private static PodResource read(String json) {
    return Json.read(json, PodResource.class);
  }
}
