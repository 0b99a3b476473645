package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.azure.CapturedLog;
import io.podidentity.azure.config.AllowedSubscriptions;
import io.podidentity.azure.config.CloudConfig;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NodeTargetsTest {
  private static final CloudConfig CONFIG =
      new CloudConfig("AzurePublicCloud", "", "", "", "SUB-1", "group", true, "");
  private static final NodeTargets TARGETS =
      new NodeTargets(() -> CONFIG, new AllowedSubscriptions(() -> CONFIG, Set.of("sub-2")));

  /** Source: https://cloud-provider-azure.sigs.k8s.io/topics/azure-provider-id/. */
  @Test
  void aScaleSetInstanceStandsForItsScaleSet() {
    assertThat(
            TARGETS.apply(
                "aks-nodepool1-12345678-vmss000000",
                "azure:///subscriptions/sub-1/resourceGroups/mc_g/providers/Microsoft.Compute"
                    + "/virtualMachineScaleSets/aks-nodepool1-12345678-vmss/virtualMachines/0"))
        .isEqualTo(ComputeTarget.scaleSet("sub-1", "mc_g", "aks-nodepool1-12345678-vmss"));
  }

  @Test
  void aMachineKeepsTheGroupAndNameOfItsProviderId() {
    assertThat(
            TARGETS.apply(
                "node",
                "azure:///subscriptions/Sub-1/resourceGroups/other/providers/Microsoft.Compute"
                    + "/virtualMachines/k8s-agent-0"))
        .isEqualTo(ComputeTarget.virtualMachine("sub-1", "other", "k8s-agent-0"));
  }

  @Test
  void aNodeWithoutProviderIdIsTheMachineOfItsName() {
    assertThat(TARGETS.apply("node", ""))
        .isEqualTo(ComputeTarget.virtualMachine("SUB-1", "group", "node"));
  }

  @Test
  void aListedSubscriptionIsOurs() {
    assertThat(TARGETS.apply("node", providerId("SUB-2"))).isNotNull();
  }

  /** What MIC did there while it was permitted must not count as of another machine. */
  @Test
  void aNodeInASubscriptionThatIsNotPermittedKeepsItsTargetAndIsLogged() {
    NodeTargets targets =
        new NodeTargets(() -> CONFIG, new AllowedSubscriptions(() -> CONFIG, Set.of()));
    try (CapturedLog log = new CapturedLog()) {
      assertThat(targets.apply("node", providerId("sub-3")))
          .isEqualTo(ComputeTarget.virtualMachine("sub-3", "g", "vm"));
      assertThat(log.lines())
          .hasSize(1)
          .first()
          .asString()
          .contains("node=node", "is in a subscription");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"aws:///eu-west-1a/i-0123456789abcdef0", "kind://docker/kind/worker", "azure://"})
  void aNodeOfAnotherKindHasNoTarget(String providerId) {
    assertThat(TARGETS.apply("node", providerId)).isNull();
  }

  @Test
  void aProblemIsLoggedOnce() {
    NodeTargets targets =
        new NodeTargets(() -> CONFIG, new AllowedSubscriptions(() -> CONFIG, Set.of()));
    try (CapturedLog log = new CapturedLog()) {
      targets.apply("node", "kind://docker/kind/worker");
      targets.apply("node", "kind://docker/kind/worker");
      targets.apply("other", "kind://docker/kind/worker");

      assertThat(log.lines()).hasSize(2).first().asString().contains("node=node");
    }
  }

  private static String providerId(String subscription) {
    return "azure:///subscriptions/"
        + subscription
        + "/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  }
}
