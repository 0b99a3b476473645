package io.podidentity.testkit.azure;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Resources as Resource Manager shows them.
 *
 * <p>Source: https://learn.microsoft.com/rest/api/compute/virtual-machines/get,
 * https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/get and
 * https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/get.
 */
final class ArmJson {
  private ArmJson() {}

  static Map<String, Object> compute(Compute compute, String tenantId) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", compute.id().name());
    body.put("id", compute.id().text());
    body.put("type", compute.isScaleSet() ? ArmId.SCALE_SET : ArmId.VIRTUAL_MACHINE);
    body.put("location", compute.location());
    body.put("etag", compute.etag());
    if (!compute.identity().equals(IdentityBlock.NONE)) {
      body.put("identity", identity(compute.identity(), tenantId));
    }
    if (compute.isScaleSet()) {
      body.put("sku", Map.of("name", "Standard_D2s_v3", "tier", "Standard", "capacity", 3));
    }
    body.put("properties", properties(compute));
    return body;
  }

  private static Map<String, Object> properties(Compute compute) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("provisioningState", compute.provisioningState());
    if (compute.isScaleSet()) {
      properties.put("uniqueId", compute.vmId());
      properties.put("orchestrationMode", "Uniform");
    } else {
      properties.put("vmId", compute.vmId());
      properties.put("hardwareProfile", Map.of("vmSize", "Standard_D2s_v3"));
    }
    return properties;
  }

  static Map<String, Object> identity(IdentityBlock block, String tenantId) {
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("type", block.type());
    if (block.system() != null) {
      identity.put("principalId", block.system().principalId());
      identity.put("tenantId", tenantId);
    }
    if (!block.user().isEmpty()) {
      Map<String, Object> user = new LinkedHashMap<>();
      for (UserAssignedIdentity one : block.user()) {
        Map<String, String> ids = new LinkedHashMap<>();
        ids.put("principalId", one.principalId());
        ids.put("clientId", one.clientId());
        user.put(one.id().text(), ids);
      }
      identity.put("userAssignedIdentities", user);
    }
    return identity;
  }

  static Map<String, Object> userAssignedIdentity(UserAssignedIdentity identity, String tenantId) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("tenantId", tenantId);
    properties.put("principalId", identity.principalId());
    properties.put("clientId", identity.clientId());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("location", identity.location());
    body.put("tags", Map.of());
    body.put("id", identity.id().text());
    body.put("name", identity.id().name());
    body.put("type", ArmId.USER_ASSIGNED_IDENTITY);
    body.put("properties", properties);
    return body;
  }
}
