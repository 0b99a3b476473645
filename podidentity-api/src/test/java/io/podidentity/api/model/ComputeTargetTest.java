package io.podidentity.api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeTargetTest {
  // As the Azure cloud provider writes them:
  // https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/provider/azure_standard.go
  private static final String MACHINE =
      "azure:///subscriptions/SUB/resourceGroups/MC_group/providers/Microsoft.Compute"
          + "/virtualMachines/aks-node-0";
  private static final String INSTANCE =
      "azure:///subscriptions/SUB/resourceGroups/MC_group/providers/Microsoft.Compute"
          + "/virtualMachineScaleSets/aks-pool-vmss/virtualMachines/0";

  @Test
  void aMachineIsItsOwnTarget() {
    assertThat(ComputeTarget.fromProviderId(MACHINE))
        .contains(ComputeTarget.virtualMachine("SUB", "MC_group", "aks-node-0"));
  }

  @Test
  void theInstancesOfAScaleSetShareOneTarget() {
    assertThat(ComputeTarget.fromProviderId(INSTANCE))
        .contains(ComputeTarget.scaleSet("SUB", "MC_group", "aks-pool-vmss"))
        .isEqualTo(ComputeTarget.fromProviderId(INSTANCE.replaceAll("0$", "17")));
  }

  @Test
  void letterCaseMakesNoDifference() {
    for (String providerId : new String[] {MACHINE, INSTANCE}) {
      ComputeTarget target = ComputeTarget.fromProviderId(providerId).orElseThrow();

      assertThat(ComputeTarget.fromProviderId(providerId.toLowerCase(Locale.ROOT)))
          .contains(target);
      assertThat(ComputeTarget.fromProviderId(providerId.toUpperCase(Locale.ROOT)))
          .contains(target)
          .get()
          .hasSameHashCodeAs(target);
    }
  }

  @Test
  void aMachineAndAScaleSetOfOneNameDiffer() {
    assertThat(ComputeTarget.virtualMachine("s", "g", "n"))
        .isNotEqualTo(ComputeTarget.scaleSet("s", "g", "n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kind://docker/kind/worker",
        "aws:///eu-west-1a/i-0123456789abcdef0",
        "azure://",
        "azure:///subscriptions/s/resourceGroups/g/providers/Microsoft.Compute",
        "azure:///subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/",
        "azure:///subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualMachines/n",
        "azure:///subscriptions/s/resourceGroups/g/providers/Microsoft.Compute"
            + "/virtualMachineScaleSets/n",
        "azure:///subscriptions/s/resourceGroups/g/providers/Microsoft.Compute"
            + "/virtualMachines/n/extra",
      })
  void otherFormsNameNoTarget(String providerId) {
    assertThat(ComputeTarget.fromProviderId(providerId)).isEmpty();
  }

  @Test
  void aTargetIsWhatItsIdNames() {
    ResourceId identity =
        ResourceId.of("s", "g", "Microsoft.ManagedIdentity", "userAssignedIdentities", "n");
    ResourceId machine = ComputeTarget.virtualMachine("s", "g", "n").id();

    assertThatThrownBy(() -> new ComputeTarget.VirtualMachine(identity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("virtualMachines");
    assertThatThrownBy(() -> new ComputeTarget.ScaleSet(machine))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("virtualMachineScaleSets");
  }
}
