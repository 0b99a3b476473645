package io.podidentity.testkit.azure;

/** Resource IDs for tests. */
final class Ids {
  static final String SUBSCRIPTION = "c7e8aa3b-0000-4000-8000-5d8ba1c2f7aa";
  static final String VM =
      "/subscriptions/"
          + SUBSCRIPTION
          + "/resourceGroups/MC_Demo/providers/Microsoft.Compute/virtualMachines/aks-node-0";
  static final String VMSS =
      "/subscriptions/"
          + SUBSCRIPTION
          + "/resourceGroups/MC_Demo/providers/Microsoft.Compute/virtualMachineScaleSets/aks-Pool";

  private Ids() {}

  static String identity(String name) {
    return "/subscriptions/"
        + SUBSCRIPTION
        + "/resourceGroups/Ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
        + name;
  }
}
