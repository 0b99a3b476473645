package io.podidentity.testkit.azure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /metadata/instance}: the members that tools on Kubernetes nodes look at.
 *
 * <p>Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service, "Sample:
 * all metadata for an instance".
 */
final class ImdsInstance {
  private ImdsInstance() {}

  static Map<String, Object> describe(Compute compute, String name) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("azEnvironment", "AzurePublicCloud");
    members.put("location", compute.location());
    members.put("name", name);
    members.put("osType", "Linux");
    members.put("provider", "Microsoft.Compute");
    members.put("resourceGroupName", compute.id().resourceGroup());
    members.put("resourceId", instanceId(compute, name));
    members.put("subscriptionId", compute.id().subscription());
    members.put("vmId", compute.vmId());
    members.put("vmScaleSetName", compute.isScaleSet() ? compute.id().name() : "");
    members.put("vmSize", "Standard_D2s_v3");
    members.put("zone", "");
    return Map.of("compute", members, "network", Map.of("interface", List.of()));
  }

  private static String instanceId(Compute compute, String name) {
    return compute.isScaleSet() ? compute.id() + "/virtualMachines/" + name : compute.id().text();
  }
}
