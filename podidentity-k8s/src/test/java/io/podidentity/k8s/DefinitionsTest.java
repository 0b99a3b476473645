package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.harness.kube.KubernetesApi;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The definitions are v1's: <a
 * href="https://github.com/Azure/aad-pod-identity/blob/v1.8.17/charts/aad-pod-identity/crds/crd.yaml">its
 * chart's crds/crd.yaml</a>, without the descriptions.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class DefinitionsTest {
  private static final Map<String, String> STATUS =
      Map.of("status.metadata", "object", "status.availableReplicas", "integer int32");

  private static final Map<String, String> IDENTITY =
      Map.ofEntries(
          Map.entry("spec.metadata", "object"),
          Map.entry("spec.type", "integer"),
          Map.entry("spec.resourceID", "string"),
          Map.entry("spec.clientID", "string"),
          Map.entry("spec.clientPassword.name", "string"),
          Map.entry("spec.clientPassword.namespace", "string"),
          Map.entry("spec.tenantID", "string"),
          Map.entry("spec.auxiliaryTenantIDs", "array nullable of string"),
          Map.entry("spec.adResourceID", "string"),
          Map.entry("spec.adEndpoint", "string"),
          Map.entry("spec.replicas", "integer int32 nullable"));

  private static final Map<String, String> BINDING =
      Map.of(
          "spec.metadata", "object",
          "spec.azureIdentity", "string",
          "spec.selector", "string",
          "spec.weight", "integer");

  private static KubernetesApi api;
  private static KubernetesClient admin;

  @BeforeAll
  static void connect() {
    TestCluster cluster = TestCluster.shared();
    api = cluster.api();
    admin = cluster.asAdmin();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  @Test
  void identityHasTheFieldsOfV1() {
    assertThat(fields("azureidentities")).isEqualTo(whole(IDENTITY, STATUS));
  }

  @Test
  void bindingHasTheFieldsOfV1() {
    assertThat(fields("azureidentitybindings")).isEqualTo(whole(BINDING, STATUS));
  }

  @Test
  void recordHasTheFieldsOfV1WithItsCopiesAsEmbeddedResources() {
    Map<String, String> expected = whole(STATUS, Map.of("status.status", "string"));
    expected.putAll(
        Map.of(
            "spec.metadata", "object",
            "spec.pod", "string",
            "spec.podNamespace", "string",
            "spec.nodename", "string",
            "spec.replicas", "integer int32 nullable",
            "spec.azureIdentityRef", "embedded",
            "spec.azureBindingRef", "embedded"));
    whole(IDENTITY, STATUS)
        .forEach((field, type) -> expected.put("spec.azureIdentityRef." + field, type));
    whole(BINDING, STATUS)
        .forEach((field, type) -> expected.put("spec.azureBindingRef." + field, type));

    assertThat(fields("azureassignedidentities")).isEqualTo(expected);
  }

  @Test
  void exceptionHasTheFieldsOfV1() {
    assertThat(fields("azurepodidentityexceptions"))
        .isEqualTo(
            whole(
                Map.of("spec.metadata", "object", "spec.podLabels", "map of string"),
                Map.of("status.metadata", "object", "status.status", "string")));
  }

  @Test
  void definitionsAreEstablishedNamespacedAndHaveNoSubresource() {
    for (String plural :
        new String[] {
          "azureidentities",
          "azureidentitybindings",
          "azureassignedidentities",
          "azurepodidentityexceptions"
        }) {
      CustomResourceDefinition definition = definition(plural);
      assertThat(definition.getMetadata().getAnnotations())
          .containsEntry("api-approved.kubernetes.io", "unapproved")
          .containsEntry("controller-gen.kubebuilder.io/version", "v0.5.0");
      assertThat(definition.getSpec().getScope()).isEqualTo("Namespaced");
      assertThat(definition.getSpec().getNames().getShortNames()).isEmpty();
      assertThat(definition.getSpec().getVersions()).hasSize(1);
      CustomResourceDefinitionVersion version = definition.getSpec().getVersions().get(0);
      assertThat(version.getName()).isEqualTo("v1");
      assertThat(version.getSubresources()).isNull();
      assertThat(definition.getStatus().getConditions())
          .anyMatch(
              condition ->
                  condition.getType().equals("Established")
                      && condition.getStatus().equals("True"));
    }
  }

  @Test
  void kubectlShowsTheColumnsOfV1() {
    ClusterObjects objects = new ClusterObjects(admin);
    objects.put(TestObjects.identity("columns"));
    objects.put(TestObjects.binding("columns"));
    objects.put(TestObjects.record("columns", "node"));

    assertThat(words("azureidentity/columns"))
        .startsWith("NAME TYPE CLIENTID AGE columns 0 33333333-3333-3333-3333-333333333333 ");
    assertThat(words("azureidentitybinding/columns"))
        .startsWith("NAME AZUREIDENTITY SELECTOR AGE columns columns columns ");
    assertThat(words("azureassignedidentity/columns-default-columns")).startsWith("NAME AGE ");
  }

  private static String words(String object) {
    return api.kubectl("get", object, "-n", "default").strip().replaceAll("\\s+", " ");
  }

  private static Map<String, String> whole(Map<String, String> one, Map<String, String> other) {
    Map<String, String> all = new TreeMap<>(one);
    all.putAll(other);
    all.putAll(Map.of("apiVersion", "string", "kind", "string", "metadata", "object"));
    return all;
  }

  private static CustomResourceDefinition definition(String plural) {
    return admin
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(plural + ".aadpodidentity.k8s.io")
        .get();
  }

  private static Map<String, String> fields(String plural) {
    Map<String, String> fields = new TreeMap<>();
    collect(
        "",
        definition(plural).getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema(),
        fields);
    return fields;
  }

  private static void collect(String path, JSONSchemaProps schema, Map<String, String> fields) {
    if (schema.getRequired() != null) {
      assertThat(schema.getRequired()).as("required at " + path).isEmpty();
    }
    boolean inner = schema.getProperties() != null && !schema.getProperties().isEmpty();
    if (Boolean.TRUE.equals(schema.getXKubernetesEmbeddedResource())) {
      fields.put(path, "embedded");
    }
    if (!inner) {
      fields.put(path, type(schema));
      return;
    }
    schema
        .getProperties()
        .forEach(
            (name, field) -> collect(path.isEmpty() ? name : path + "." + name, field, fields));
  }

  private static String type(JSONSchemaProps schema) {
    if (schema.getAdditionalProperties() != null) {
      return "map of " + schema.getAdditionalProperties().getSchema().getType();
    }
    String text = schema.getType();
    text += schema.getFormat() == null ? "" : " " + schema.getFormat();
    text += Boolean.TRUE.equals(schema.getNullable()) ? " nullable" : "";
    return schema.getItems() == null
        ? text
        : text + " of " + schema.getItems().getSchema().getType();
  }
}
