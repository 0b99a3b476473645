package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.process.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A real API server refuses by {@code validation.enabled} what cannot work, and says why. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class ValidationPolicyContract {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String NAMESPACE = "validated";
  private static final String CLIENT = "clientID: 7eb62cd6-0f1c-4a4c-9b5e-08c0bb0ba6a9";
  private static final String RESOURCE =
      "resourceID: /subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app";
  private static final String TENANT = "tenantID: 11111111-2222-3333-4444-555555555555";
  private static final String SECRET = "clientPassword: {name: app, namespace: default}";

  /** What the API server says to an object that a policy refuses: its name, and the message. */
  private static final Pattern REFUSAL =
      Pattern.compile(
          "\"([a-z0-9-]+)\" is (?:forbidden|invalid: ): ValidatingAdmissionPolicy .+ denied request: (.+)");

  final KubeApiServer api;

  ValidationPolicyContract(KubeApiServer api) {
    this.api = api;
  }

  @BeforeAll
  void apply() throws IOException {
    try (Stream<Path> crds = Files.list(Chart.folder().resolve("crds"))) {
      crds.forEach(api::apply);
    }
    api.createNamespace(NAMESPACE);
    api.apply(identity("old", "type: 7"));
    api.apply(
        Chart.render(
            "--set", "validation.enabled=true", "--show-only", "templates/validation.yaml"));
    for (String resource :
        new String[] {"azureidentities", "azureidentitybindings", "azurepodidentityexceptions"}) {
      // Other tests of this API server are about objects that nobody validates.
      api.kubectl(
          "patch",
          "validatingadmissionpolicybinding",
          "aad-pod-identity-" + resource,
          "--type=merge",
          "--patch",
          "{\"spec\":{\"matchResources\":{\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\"%s\"}}}}}"
              .formatted(NAMESPACE));
    }
    for (String bad :
        new String[] {identity("bad", "type: 7"), binding("bad", "{}"), exception("bad", "{}")}) {
      Await.until("the policy is at work", LIMIT, () -> refused(bad).containsKey("bad"));
    }
  }

  /** Where others use the API server too. */
  void delete() {
    for (String kind :
        new String[] {"validatingadmissionpolicybinding", "validatingadmissionpolicy"}) {
      for (String resource :
          new String[] {"azureidentities", "azureidentitybindings", "azurepodidentityexceptions"}) {
        api.kubectl("delete", kind, "aad-pod-identity-" + resource);
      }
    }
    api.kubectl("delete", "azureidentity", "old", "-n", NAMESPACE);
  }

  @Test
  void identitiesThatCannotWorkAreRefusedWithTheReason() {
    Map<String, String> refused =
        refused(
            identity("type", "type: 3, " + CLIENT)
                + identity("no-resource", CLIENT)
                + identity("typo", CLIENT, "resourceID: 'x" + RESOURCE.substring(12) + "'")
                + identity("blank", CLIENT, RESOURCE + " x")
                + identity("comma", CLIENT, RESOURCE.replace(": ", ": '") + ",'")
                + identity("folded", CLIENT, RESOURCE.replace(": ", ": \"") + "\\n\"")
                + identity("dots", CLIENT, RESOURCE.replace("/g/", "/../"))
                + identity("kelvin", CLIENT, RESOURCE.replace("/app", "/\u212aubelet"))
                + identity(
                    "machine", CLIENT, RESOURCE.replace("ManagedIdentity/user", "Compute/user"))
                + identity("half", CLIENT, RESOURCE.replace("/userAssignedIdentities/app", ""))
                + identity("no-client", RESOURCE)
                + identity("name-as-client", RESOURCE, "clientID: app")
                + identity("no-tenant", "type: 1", CLIENT, SECRET)
                + identity("no-secret", "type: 2", CLIENT, TENANT)
                + identity("half-secret", "type: 1", CLIENT, TENANT, "clientPassword: {name: app}")
                + identity(
                    "tenants",
                    "type: 1",
                    CLIENT,
                    TENANT,
                    SECRET,
                    "auxiliaryTenantIDs: [a, b, c, d]")
                + identity("behavior", CLIENT, RESOURCE)
                    .replace(
                        "annotations: {}",
                        "annotations: {aadpodidentity.k8s.io/Behavior: namespace}")
                + """
                apiVersion: aadpodidentity.k8s.io/v1
                kind: AzureIdentity
                metadata: {name: empty, namespace: validated}
                ---
                """);

    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("type", "spec.type must be 0");
    for (String name :
        new String[] {
          "no-resource", "typo", "blank", "comma", "folded", "dots", "kelvin", "machine", "half"
        }) {
      expected.put(name, "spec.resourceID must be /subscriptions/");
    }
    expected.put("no-client", "spec.clientID must be a client ID");
    expected.put("name-as-client", "spec.clientID must be a client ID");
    expected.put("no-tenant", "spec.tenantID must be");
    expected.put("no-secret", "spec.clientPassword must have");
    expected.put("half-secret", "spec.clientPassword must have");
    expected.put("tenants", "spec.auxiliaryTenantIDs may name three");
    expected.put("behavior", "the annotation aadpodidentity.k8s.io/Behavior must be namespaced");
    expected.put("empty", "spec is missing");
    assertThat(refused.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, reason) -> assertThat(refused.get(name)).as(name).startsWith(reason));
  }

  @Test
  void bindingsAndExceptionsThatSelectNothingAreRefused() {
    Map<String, String> refused =
        refused(
            binding("no-selector", "{azureIdentity: app}")
                + binding("blank-selector", "{azureIdentity: app, selector: 'a b'}")
                + binding("long-selector", "{azureIdentity: app, selector: " + "a".repeat(64) + "}")
                + binding("no-identity", "{selector: app}")
                + exception("no-labels", "{podLabels: {}}"));

    assertThat(refused)
        .containsOnlyKeys(
            "no-selector", "blank-selector", "long-selector", "no-identity", "no-labels");
    assertThat(refused.get("no-selector")).startsWith("spec.selector must be a value");
    assertThat(refused.get("no-identity")).startsWith("spec.azureIdentity must name");
    assertThat(refused.get("no-labels")).startsWith("spec.podLabels must have");
  }

  @Test
  void whatWorksIsTaken() {
    assertThat(
            refused(
                identity("managed", "type: 0", CLIENT, RESOURCE)
                    + identity(
                        "without-type",
                        CLIENT,
                        RESOURCE.replace("resourcegroups", "resourceGroups"))
                    + identity(
                        "shouting",
                        CLIENT.toUpperCase(java.util.Locale.ROOT).replace("CLIENTID", "clientID"),
                        RESOURCE)
                    + identity(
                        "principal",
                        "type: 1",
                        CLIENT,
                        TENANT,
                        SECRET,
                        "auxiliaryTenantIDs: [a, b, c]")
                    + identity(
                        "certificate",
                        "type: 2",
                        CLIENT,
                        "tenantID: contoso.onmicrosoft.com",
                        SECRET)
                    + identity("namespaced", CLIENT, RESOURCE)
                        .replace(
                            "annotations: {}",
                            "annotations: {aadpodidentity.k8s.io/Behavior: namespaced}")
                    + binding("binding", "{azureIdentity: app, selector: my-App_1.x}")
                    + exception("exception", "{podLabels: {app: mic}}")))
        .isEmpty();
  }

  /** A finalizer has to go, and a label or a note may come, whatever the object says. */
  @Test
  void whatWasThereBeforeMayBeLabelledAndMadeRightButNotMadeWorse() {
    api.kubectl("label", "azureidentity", "old", "-n", NAMESPACE, "team=x");
    api.kubectl("annotate", "azureidentity", "old", "-n", NAMESPACE, "owner=x");

    assertThat(refused(identity("old", "type: 8"), "apply")).containsKey("old");
    for (String behavior : new String[] {"namespace", "''"}) {
      String changed =
          identity("old", "type: 7")
              .replace(
                  "annotations: {}",
                  "annotations: {aadpodidentity.k8s.io/Behavior: %s}".formatted(behavior));
      assertThat(refused(changed, "apply")).as(behavior).containsKey("old");
    }
    assertThat(refused(identity("old", CLIENT, RESOURCE), "apply")).isEmpty();
  }

  private Map<String, String> refused(String objects) {
    return refused(objects, "create");
  }

  /** The messages to those that are refused, by their names. */
  private Map<String, String> refused(String objects, String verb) {
    Map<String, String> refused = new LinkedHashMap<>();
    try {
      api.kubectlWithInput(objects, verb, "--dry-run=server", "-f", "-");
    } catch (CommandFailedException e) {
      String errors = e.result().stderr();
      Matcher refusal = REFUSAL.matcher(errors);
      while (refusal.find()) {
        refused.put(refusal.group(1), refusal.group(2));
      }
      assertThat(refused).as(errors).isNotEmpty();
    }
    return refused;
  }

  private static String identity(String name, String... members) {
    return object("AzureIdentity", name, "{" + String.join(", ", members) + "}");
  }

  private static String binding(String name, String spec) {
    return object("AzureIdentityBinding", name, spec);
  }

  private static String exception(String name, String spec) {
    return object("AzurePodIdentityException", name, spec);
  }

  private static String object(String kind, String name, String spec) {
    return """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: %s
        metadata: {name: %s, namespace: %s, annotations: {}}
        spec: %s
        ---
        """
        .formatted(kind, name, NAMESPACE, spec);
  }
}
