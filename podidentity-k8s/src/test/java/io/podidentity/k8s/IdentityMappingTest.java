package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.ResourceId;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionResource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityMappingTest {
  private static final NamespacedName FALLBACK = new NamespacedName("fallback", "fallback");
  private static final String RESOURCE_ID =
      "/subscriptions/S/resourcegroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities/N";

  @Test
  void type0IsAManagedIdentity() {
    // https://azure.github.io/aad-pod-identity/docs/concepts/azureidentity/
    AzureIdentity identity =
        identity(
            """
            {"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity",
             "metadata": {"name": "demo", "namespace": "team", "uid": "u-1", "generation": 4,
               "annotations": {"aadpodidentity.k8s.io/Behavior": "namespaced"}},
             "spec": {"type": 0, "resourceID": "%s", "clientID": "c-1"}}
            """
                .formatted(RESOURCE_ID));

    assertThat(identity)
        .isEqualTo(
            new AzureIdentity(
                new NamespacedName("team", "demo"),
                "u-1",
                4,
                true,
                new Credential.ManagedIdentity(new ResourceId(RESOURCE_ID), new ClientId("c-1"))));
  }

  @Test
  void identityWithoutATypeIsOfType0() {
    assertThat(credential("{\"resourceID\": \"%s\", \"clientID\": \"c\"}".formatted(RESOURCE_ID)))
        .isInstanceOf(Credential.ManagedIdentity.class);
  }

  @ParameterizedTest
  @CsvSource({"1,ClientSecret", "2,ClientCertificate"})
  void types1And2AreServicePrincipals(int type, String kind) {
    Credential credential =
        credential(
            """
            {"type": %d, "tenantID": "t", "clientID": "c", "auxiliaryTenantIDs": ["a", "b"],
             "clientPassword": {"name": "s", "namespace": "n"}, "adEndpoint": "https://ad/"}
            """
                .formatted(type));

    assertThat(credential.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(credential.clientId()).isEqualTo(new ClientId("c"));
    assertThat(credential)
        .extracting("principal")
        .isEqualTo(
            new Credential.ServicePrincipal(
                "t",
                new ClientId("c"),
                new NamespacedName("n", "s"),
                List.of("a", "b"),
                "https://ad/"));
  }

  @Test
  void emptyEndpointAndNullTenantsAreNone() {
    Credential credential =
        credential(
            """
            {"type": 1, "tenantID": "t", "clientID": "c", "auxiliaryTenantIDs": null,
             "clientPassword": {"name": "s", "namespace": "n"}, "adEndpoint": ""}
            """);

    assertThat(credential)
        .extracting("principal")
        .isEqualTo(
            new Credential.ServicePrincipal(
                "t", new ClientId("c"), new NamespacedName("n", "s"), List.of(), null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "N",
        "/subscriptions/S/resourcegroups/G/providers/Microsoft.Compute/virtualMachines/N",
        "/subscriptions/S/resourcegroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
        RESOURCE_ID + ",",
        RESOURCE_ID + "," + RESOURCE_ID,
        RESOURCE_ID + " ",
        // As YAML's folded text ends.
        RESOURCE_ID + "\n",
        RESOURCE_ID + "\u00a0",
        "\t" + RESOURCE_ID,
      })
  void resourceIdThatNamesNoIdentityIsReportedInTheWordsOfV1(String resourceId) {
    Credential credential =
        credential(Json.write(Map.of("type", 0, "resourceID", resourceId, "clientID", "c")));

    assertThat(credential)
        .isInstanceOfSatisfying(
            Credential.Unusable.class,
            unusable ->
                assertThat(unusable.problem())
                    .startsWith("Invalid resource id: \"" + resourceId + "\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "-1", "4294967296", "99999999999999999999", "1.5"})
  void otherTypeIsReportedWhateverItsSize(String type) {
    assertThat(credential("{\"type\": %s}".formatted(type)))
        .isInstanceOfSatisfying(
            Credential.Unusable.class,
            unusable ->
                assertThat(unusable.problem()).startsWith("unsupported identity type " + type));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\": 0, \"resourceID\": \"R\"} | spec.clientID is empty",
        "{\"type\": 1, \"clientID\": \"c\"} | spec.tenantID is empty",
        "{\"type\": 2, \"tenantID\": \"t\"} | spec.clientID is empty",
        "{\"type\": 1, \"tenantID\": \"t\", \"clientID\": \"c\"}"
            + " | spec.clientPassword lacks the Secret's name or namespace",
        "{\"type\": 1, \"tenantID\": \"t\", \"clientID\": \"c\", \"clientPassword\": {\"name\": \"s\"}}"
            + " | spec.clientPassword lacks the Secret's name or namespace",
      })
  void whatIsMissingIsNamed(String spec, String problem) {
    assertThat(credential(spec.replace("\"R\"", "\"" + RESOURCE_ID + "\"")))
        .isEqualTo(new Credential.Unusable(problem));
  }

  @Test
  void identityWithoutAnythingIsUnusableAndHasTheNameOfWhereItWasFound() {
    AzureIdentity identity =
        identity("{\"apiVersion\": \"aadpodidentity.k8s.io/v1\", \"kind\": \"AzureIdentity\"}");

    assertThat(identity.name()).isEqualTo(FALLBACK);
    assertThat(identity.credential()).isInstanceOf(Credential.Unusable.class);
  }

  @Test
  void fieldsThatAreNotKnownAreNoTrouble() {
    assertThat(
            credential(
                """
                {"type": 0, "resourceID": "%s", "clientID": "c", "ResourceID": "old", "more": {"x": 1}}
                """
                    .formatted(RESOURCE_ID)))
        .isInstanceOf(Credential.ManagedIdentity.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Namespaced", "other", ""})
  void onlyTheExactAnnotationMakesItNamespaced(String value) {
    assertThat(
            identity(
                    """
                    {"metadata": {"annotations": {"aadpodidentity.k8s.io/Behavior": "%s"}}}
                    """
                        .formatted(value))
                .namespacedOnly())
        .isFalse();
  }

  @Test
  void bindingMayLackEverything() {
    assertThat(
            IdentityMapping.binding(
                Json.read(
                    "{\"metadata\": {\"name\": \"b\", \"namespace\": \"n\"}}",
                    AzureIdentityBindingResource.class),
                FALLBACK))
        .isEqualTo(new IdentityBinding(new NamespacedName("n", "b"), "", ""));
  }

  @Test
  void exceptionMayLackLabels() {
    assertThat(
            IdentityMapping.exemption(
                Json.read(
                    """
                    {"metadata": {"name": "e", "namespace": "n"}, "spec": {}}
                    """,
                    AzurePodIdentityExceptionResource.class)))
        .isEqualTo(new PodExemption(new NamespacedName("n", "e"), Map.of()));
  }

  private static Credential credential(String spec) {
    return identity("{\"spec\": " + spec + "}").credential();
  }

  private static AzureIdentity identity(String json) {
    return IdentityMapping.identity(Json.read(json, AzureIdentityResource.class), FALLBACK);
  }
}
