package io.podidentity.e2e;

import java.util.Locale;

/** Resource IDs of the one subscription and resource group that the tests use. */
public final class AzureNames {

  public static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";
  public static final String RESOURCE_GROUP = "MC_e2e";

  private static final String GROUP =
      "/subscriptions/" + SUBSCRIPTION + "/resourceGroups/" + RESOURCE_GROUP + "/providers/";

  private AzureNames() {}

  public static String virtualMachine(String name) {
    return GROUP + "Microsoft.Compute/virtualMachines/" + name;
  }

  public static String scaleSet(String name) {
    return GROUP + "Microsoft.Compute/virtualMachineScaleSets/" + name;
  }

  public static String identity(String name) {
    return GROUP + "Microsoft.ManagedIdentity/userAssignedIdentities/" + name;
  }

  /** Azure compares resource IDs ignoring case. */
  public static boolean same(String oneId, String otherId) {
    return oneId.toLowerCase(Locale.ROOT).equals(otherId.toLowerCase(Locale.ROOT));
  }
}
