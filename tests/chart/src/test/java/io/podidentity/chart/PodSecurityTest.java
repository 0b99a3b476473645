package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;

/** Into which namespaces a real API server lets the pods, by its Pod Security admission. */
@RequiresRealPart({RealPart.HELM, RealPart.KUBE_APISERVER})
final class PodSecurityTest {

  private static final List<String> ACCOUNTS =
      List.of("aad-pod-identity-mic", "aad-pod-identity-nmi", "aad-pod-identity-mic-drain");

  private static KubeApiServer api;

  @BeforeAll
  static void start() {
    api = KubeApiServer.shared();
    for (String level : List.of("restricted", "baseline", "privileged")) {
      api.createNamespace(level);
      api.kubectl("label", "namespace", level, "pod-security.kubernetes.io/enforce=" + level);
      for (String account : ACCOUNTS) {
        api.kubectl("create", "serviceaccount", account, "-n", level);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"adminsecret", "existing-secret", "adminsecret-msi"})
  void micFitsRestrictedWithItsSettingsInASecret(String name) {
    create("restricted", pod(name, "Deployment"));
  }

  @Test
  void soDoesItsDrainWithAServicePrincipal() {
    create("restricted", pod("adminsecret", "Job"));
  }

  /** It asks IMDS from the node's network. */
  @ParameterizedTest
  @ValueSource(strings = {"existing-secret", "adminsecret-msi"})
  void drainThatMayNeedTheClustersIdentityNeedsThePrivilegedProfile(String name) {
    assertRefused("baseline", pod(name, "Job"), "host namespaces (hostNetwork=true)");
    create("privileged", pod(name, "Job"));
  }

  @Test
  void micNeedsThePrivilegedProfileForAzureJson() {
    assertRefused("baseline", pod("default", "Deployment"), "hostPath volumes");
    create("privileged", pod("default", "Deployment"));
  }

  @Test
  void nmiNeedsThePrivilegedProfile() {
    assertRefused(
        "baseline", pod("default", "DaemonSet"), "host namespaces (hostNetwork=true), hostPath");
    create("privileged", pod("default", "DaemonSet"));
  }

  private static void create(String namespace, String pod) {
    assertThatCode(() -> attempt(namespace, pod)).as(pod).doesNotThrowAnyException();
  }

  private static void assertRefused(String namespace, String pod, String why) {
    assertThatThrownBy(() -> attempt(namespace, pod))
        .hasMessageContaining("violates PodSecurity \"" + namespace)
        .hasMessageContaining(why);
  }

  /** Admission is asked also where nothing is kept. */
  private static void attempt(String namespace, String pod) {
    api.kubectlWithInput(pod, "create", "-n", namespace, "--dry-run=server", "-f", "-");
  }

  /** A pod as the controller of that kind makes it of its template. */
  private static String pod(String name, String kind) {
    List<ObjectYaml> workloads =
        ObjectYaml.all(Chart.renderCase(name)).stream()
            .filter(object -> object.kind().equals(kind))
            .toList();
    assertThat(workloads).hasSize(1);
    return new Dump(DumpSettings.builder().build())
        .dumpToString(
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of("name", "one"),
                "spec",
                Objects.requireNonNull(workloads.get(0).at("spec", "template", "spec"))));
  }
}
