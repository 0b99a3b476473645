package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.federation.FederationInput;
import io.podidentity.api.federation.FederationPlanner;
import io.podidentity.api.federation.FederationReport;
import io.podidentity.api.federation.ServiceAccount;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class FederationInventoryTest {
  private static final String NAMESPACE = "federation";

  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: web
        namespace: federation
        annotations: {azure.workload.identity/client-id: c1}
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: web-1
        namespace: federation
        labels: {aadpodidbinding: web}
      spec: {serviceAccountName: web, containers: [{name: c, image: none}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: batch, namespace: federation}
      spec: {serviceAccountName: web, containers: [{name: c, image: none}]}
      ---
      apiVersion: aadpodidentity.k8s.io/v1
      kind: AzureIdentity
      metadata: {name: app, namespace: federation}
      spec:
        type: 0
        resourceID: /subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app
        clientID: c1
      ---
      apiVersion: aadpodidentity.k8s.io/v1
      kind: AzureIdentityBinding
      metadata: {name: app, namespace: federation}
      spec: {azureIdentity: app, selector: web}
      """;

  /** Other tests of this API server look at all that there is. */
  @AfterAll
  static void delete() {
    TestCluster.shared()
        .api()
        .kubectl(
            "delete",
            "azureidentitybindings,azureidentities,pods",
            "--all",
            "-n",
            NAMESPACE,
            "--grace-period=0",
            "--force");
  }

  @Test
  void reportIsMadeFromTheAccountsPodsIdentitiesAndBindingsOfTheCluster() {
    TestCluster.shared().api().createNamespace(NAMESPACE);
    // Without a controller manager there is no default account, and the admission waits for it.
    TestCluster.shared().api().apply(OBJECTS);
    try (KubernetesClient admin = TestCluster.shared().asAdmin()) {
      FederationInput input = new FederationInventory(admin).read();

      assertThat(input.serviceAccounts())
          .contains(new ServiceAccount(new NamespacedName(NAMESPACE, "web"), "c1"));
      FederationReport report = new FederationPlanner(false).report(input);
      assertThat(report.issuer()).isEqualTo(issuerOfTokens());
      assertThat(report.accounts())
          .filteredOn(account -> account.name().namespace().equals(NAMESPACE))
          .singleElement()
          .satisfies(
              account -> {
                assertThat(account.exists()).isTrue();
                assertThat(account.annotated()).isEqualTo("c1");
                assertThat(account.findings())
                    .singleElement()
                    .extracting(finding -> finding.text())
                    .asString()
                    .endsWith(": batch");
              });
      assertThat(report.identities())
          .filteredOn(it -> it.objects().contains(new NamespacedName(NAMESPACE, "app")))
          .singleElement()
          .extracting(identity -> identity.credentials().get(0).subject())
          .isEqualTo("system:serviceaccount:federation:web");
    }
  }

  @Test
  void accountThatMayNotListIsToldWhat() {
    try (KubernetesClient mic = TestCluster.shared().asMic()) {
      assertThatThrownBy(() -> new FederationInventory(mic).read())
          .isInstanceOf(PodIdentityException.class)
          .hasMessage(
              "list serviceaccounts: not permitted (status 403); this needs an account that may"
                  + " list serviceaccounts")
          .extracting(error -> ((PodIdentityException) error).reason())
          .isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE);
    }
  }

  /** What a token of the account says, which Azure compares with the federated credential. */
  private static String issuerOfTokens() {
    String token =
        TestCluster.shared().api().kubectl("create", "token", "web", "-n", NAMESPACE).strip();
    String claims =
        new String(
            Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    assertThat(claims).contains("\"sub\":\"system:serviceaccount:federation:web\"");
    return String.valueOf(Json.read(claims, Map.class).get("iss"));
  }
}
