package io.podidentity.example.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlanCheckTest {
  private final String cluster;

  PlanCheckTest() throws IOException {
    cluster = Files.readString(Path.of("cluster.yaml"));
  }

  @Test
  void planSaysWhichIdentityGoesWhereForWhomAndWhy() {
    PlanCheck.Result result = PlanCheck.check(cluster);

    assertThat(result.isWell()).isTrue();
    assertThat(result.lines())
        .containsExactly(
            "CREATE shop/orders for pod shop/orders on /subscriptions/s/resourceGroups/nodes"
                + "/providers/Microsoft.Compute/virtualMachineScaleSets/pool:"
                + " AzureIdentityBinding shop/orders selects its label orders");
  }

  @Test
  void objectThatCannotBeUsedFailsTheCheckAndIsNamed() {
    PlanCheck.Result result =
        PlanCheck.check(cluster.replace("userAssignedIdentities/orders", "userAssigned/orders"));

    assertThat(result.isWell()).isFalse();
    assertThat(result.lines())
        .singleElement()
        .asString()
        .contains("shop/orders")
        .contains("is left aside");
  }

  @Test
  void bindingFromAnotherNamespaceGivesNothing() {
    PlanCheck.Result result =
        PlanCheck.check(
            cluster.replace(
                "kind: AzureIdentityBinding\n  metadata: {namespace: shop",
                "kind: AzureIdentityBinding\n  metadata: {namespace: other"));

    assertThat(result.lines()).noneMatch(line -> line.startsWith("CREATE"));
  }

  /** A record is made for it, too. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void identityOfAServicePrincipalIsPlanned(int type) {
    PlanCheck.Result result = PlanCheck.check(cluster + principal(type, "tenant"));

    assertThat(result.isWell()).isTrue();
    assertThat(result.lines())
        .singleElement()
        .asString()
        .startsWith("CREATE shop/orders for pod shop/orders")
        .endsWith("AzureIdentityBinding shop/orders selects its label orders");
  }

  @Test
  void identityThatIsNotWholeIsLeftAside() {
    assertThat(PlanCheck.check(cluster + principal(1, "\"\"")).lines())
        .singleElement()
        .asString()
        .contains("left aside", "tenantID");
    assertThat(PlanCheck.check(cluster + principal(3, "tenant")).lines())
        .singleElement()
        .asString()
        .contains("left aside", "unknown type 3");
  }

  /** What is in the repository counts, and not what it would replace in the cluster. */
  @Test
  void laterObjectReplacesTheEarlierOneOfItsName() {
    String unbound =
        """
        ---
        kind: AzureIdentityBinding
        metadata: {namespace: shop, name: orders}
        spec: {azureIdentity: orders, selector: nobody}
        """;

    assertThat(PlanCheck.check(cluster + unbound).lines()).isEmpty();
    assertThat(PlanCheck.check(unbound + "---\n" + cluster).lines()).hasSize(1);
    assertThat(PlanCheck.check(cluster + "---\n" + cluster).lines()).hasSize(1);
  }

  @Test
  void objectWithoutANameIsFoundByItsPlace() {
    String nameless = "---\nkind: List\nitems: [{kind: ConfigMap}, {kind: Pod}]\n";

    assertThatThrownBy(() -> PlanCheck.check(cluster + nameless))
        .hasMessageStartingWith("document 3, item 2 (Pod): ");
  }

  private static String principal(int type, String tenant) {
    return """
        ---
        kind: AzureIdentity
        metadata: {namespace: shop, name: orders}
        spec:
          type: %d
          tenantID: %s
          clientID: 11111111-2222-3333-4444-555555555555
          clientPassword: {namespace: shop, name: password}
        """
        .formatted(type, tenant);
  }

  @Test
  void nothingInGivesNothingOut() {
    assertThat(PlanCheck.check("").lines()).isEmpty();
    assertThat(PlanCheck.check("kind: ConfigMap\nmetadata: {name: odd}").lines()).isEmpty();
  }
}
