package io.podidentity.example.planning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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

  @Test
  void nothingInGivesNothingOut() {
    assertThat(PlanCheck.check("").lines()).isEmpty();
    assertThat(PlanCheck.check("kind: ConfigMap\nmetadata: {name: odd}").lines()).isEmpty();
  }
}
