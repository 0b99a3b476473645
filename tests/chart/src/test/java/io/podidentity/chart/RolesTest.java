package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The chart gives the rights that {@code deploy/rbac} gives, under which the end-to-end tests run,
 * and no other.
 */
@RequiresRealPart(RealPart.HELM)
final class RolesTest {

  @Test
  void micHasWhatDeployHas() throws IOException {
    assertThat(granted(Chart.renderCase("default"), "aad-pod-identity-mic"))
        .isEqualTo(granted(deploy("mic.yaml"), "aad-pod-id-mic-service-account"))
        .isNotEmpty();
  }

  @Test
  void forAStartupTaintMicHasWhatDeployHasBesides() throws IOException {
    Set<String> expected = granted(deploy("mic.yaml"), "aad-pod-id-mic-service-account");
    expected.addAll(granted(deploy("mic-startup-taint.yaml"), "aad-pod-id-mic-service-account"));

    String rendered = Chart.render("--set", "mic.startupTaint=podidentity.io/starting");

    assertThat(granted(rendered, "aad-pod-identity-mic"))
        .isEqualTo(expected)
        .contains("ClusterRole /nodes [] patch");
    assertThat(granted(rendered, "aad-pod-identity-mic-drain"))
        .noneMatch(right -> right.contains("nodes [] patch"));
  }

  @Test
  void nmiHasWhatDeployHas() throws IOException {
    Set<String> expected = granted(deploy("nmi.yaml"), "aad-pod-id-nmi-service-account");
    expected.addAll(granted(deploy("nmi-secrets.yaml"), "aad-pod-id-nmi-service-account"));

    assertThat(granted(Chart.renderCase("default"), "aad-pod-identity-nmi")).isEqualTo(expected);
  }

  @Test
  void withoutAccessToSecretsNmiHasNone() {
    assertThat(granted(Chart.renderCase("names"), "identity-of-pods-nmi"))
        .isNotEmpty()
        .noneMatch(right -> right.contains("secrets"));
  }

  /** There are no records in managed mode, and no MIC whose ReplicaSet would be looked for. */
  @Test
  void inManagedModeItHasWhatThatNeeds() throws IOException {
    Set<String> expected = granted(deploy("nmi.yaml"), "aad-pod-id-nmi-service-account");
    expected.addAll(granted(deploy("nmi-managed.yaml"), "aad-pod-id-nmi-service-account"));
    expected.addAll(granted(deploy("nmi-secrets.yaml"), "aad-pod-id-nmi-service-account"));
    expected.removeIf(
        right -> right.contains("azureassignedidentities") || right.contains("replicasets"));

    assertThat(granted(Chart.renderCase("managed"), "aad-pod-identity-nmi")).isEqualTo(expected);
  }

  /**
   * The hook runs when MIC's own roles are gone. It has nothing to note for a v1, and gives nothing
   * to a pod.
   */
  @Test
  void theDrainHasMicsRightsWithoutTheConfigMapAndNewRecords() {
    String rendered = Chart.renderCase("default");
    Set<String> expected = granted(rendered, "aad-pod-identity-mic");
    expected.removeIf(
        right ->
            right.contains("configmaps")
                || right.matches(".*/azureassignedidentities .* (create|update)"));

    assertThat(granted(rendered, "aad-pod-identity-mic-drain")).isEqualTo(expected).isNotEmpty();
  }

  @Test
  void secretsAreReadInTheNamespacesThatAreNamed() {
    List<ObjectYaml> bindings =
        ObjectYaml.all(Chart.renderCase("namespaced")).stream()
            .filter(object -> object.name().equals("aad-pod-identity-nmi-secrets"))
            .filter(object -> !object.kind().equals("ClusterRole"))
            .toList();

    assertThat(bindings).extracting(ObjectYaml::kind).containsOnly("RoleBinding");
    assertThat(bindings)
        .extracting(binding -> binding.at("metadata", "namespace"))
        .containsExactly("shop", "bank");
  }

  /**
   * MIC runs under the namespace's default account then, as other pods do: none is exempt by it.
   */
  @Test
  void withoutRolesNobodyIsExemptForItsAccount() {
    ObjectYaml nmi =
        ObjectYaml.all(Chart.renderCase("no-rbac")).stream()
            .filter(object -> object.kind().equals("DaemonSet"))
            .findFirst()
            .orElseThrow();

    assertThat(nmi.list("spec", "template", "spec", "containers").toString())
        .contains("--mic-service-account=,");
    assertThat(ObjectYaml.all(Chart.renderCase("no-rbac")))
        .extracting(ObjectYaml::kind)
        .noneMatch(kind -> kind.contains("Role") || kind.equals("ServiceAccount"));
  }

  /** One line for each verb on each resource; the names that bind the rights do not count. */
  private static Set<String> granted(String yaml, String account) {
    List<ObjectYaml> objects = ObjectYaml.all(yaml);
    Set<String> rights = new TreeSet<>();
    for (ObjectYaml binding : objects) {
      if (binding.kind().endsWith("RoleBinding")
          && binding.list("subjects").toString().contains("name=" + account + ",")) {
        String role = binding.at("roleRef", "kind") + "/" + binding.at("roleRef", "name");
        objects.stream()
            .filter(object -> object.id().equals(role))
            .flatMap(RolesTest::rights)
            .forEach(rights::add);
      }
    }
    return rights;
  }

  private static Stream<String> rights(ObjectYaml role) {
    return role.list("rules").stream()
        .map(rule -> new ObjectYaml((Map<?, ?>) rule))
        .flatMap(
            rule ->
                rule.list("resources").stream()
                    .flatMap(
                        resource ->
                            rule.list("verbs").stream()
                                .map(
                                    verb ->
                                        // NMI's DaemonSet has another name in the chart.
                                        "%s %s/%s %s %s"
                                            .formatted(
                                                role.kind(),
                                                rule.list("apiGroups").get(0),
                                                resource,
                                                rule.list("resourceNames"),
                                                verb)
                                            .replace("[aad-pod-identity-nmi]", "[nmi]"))));
  }

  private static String deploy(String... files) throws IOException {
    StringBuilder yaml = new StringBuilder();
    for (String file : Arrays.asList(files)) {
      yaml.append(Files.readString(Chart.file("deploy/rbac/" + file))).append("\n---\n");
    }
    return yaml.toString();
  }
}
