package io.podidentity.azure.config;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.ClientId;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the cluster knows about its place in Azure: the settings of {@code azure.json} that AAD Pod
 * Identity v1 uses, under their names there. {@code vmType} and {@code securityGroupName}, which v1
 * reads and does not use, are ignored like all others.
 *
 * @param cloud the name of the cloud; see {@link AzureCloud#named}; not empty
 * @param tenantId the Entra tenant; empty only with a managed identity
 * @param aadClientId the service principal's client ID; not used with a managed identity
 * @param aadClientSecret the service principal's secret; not used with a managed identity
 * @param subscriptionId the cluster's subscription; not empty
 * @param resourceGroup the resource group of its virtual machines; not empty
 * @param useManagedIdentityExtension whether Resource Manager is asked as a managed identity of the
 *     node, and not as the service principal
 * @param userAssignedIdentityId the client ID, or the resource ID, of that managed identity; empty
 *     for the node's system-assigned one
 * @see <a href="https://cloud-provider-azure.sigs.k8s.io/install/configs/">azure.json</a>
 */
public record CloudConfig(
    String cloud,
    String tenantId,
    String aadClientId,
    String aadClientSecret,
    String subscriptionId,
    String resourceGroup,
    boolean useManagedIdentityExtension,
    String userAssignedIdentityId) {

  /** Refuses null. */
  public CloudConfig {
    requireNonNull(cloud, "cloud");
    requireNonNull(tenantId, "tenantId");
    requireNonNull(aadClientId, "aadClientId");
    requireNonNull(aadClientSecret, "aadClientSecret");
    requireNonNull(subscriptionId, "subscriptionId");
    requireNonNull(resourceGroup, "resourceGroup");
    requireNonNull(userAssignedIdentityId, "userAssignedIdentityId");
  }

  /**
   * Reads {@code azure.json}, which may be JSON or YAML.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if it cannot
   *     be read, or lacks a setting
   */
  public static CloudConfig fromFile(Path azureJson) {
    Settings settings = ConfigDocument.read(azureJson, "cloud configuration");
    return CloudConfigNames.FILE.read(settings);
  }

  /**
   * Reads the variables that take the place of {@code azure.json} in v1 when no file is given:
   * {@code CLOUD, TENANT_ID, CLIENT_ID, CLIENT_SECRET, SUBSCRIPTION_ID, RESOURCE_GROUP, USE_MSI}
   * ({@code true} in any letter case) and {@code USER_ASSIGNED_MSI_CLIENT_ID}.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if one is
   *     missing
   */
  public static CloudConfig fromEnvironment(Map<String, String> environment) {
    return CloudConfigNames.ENVIRONMENT.read(new Settings("environment", environment));
  }

  /** Without the secret, and with IDs as logs show them. */
  @Override
  public String toString() {
    return ("CloudConfig[cloud=%s, tenantId=%s, aadClientId=%s, subscriptionId=%s, resourceGroup=%s,"
            + " useManagedIdentityExtension=%s, userAssignedIdentityId=%s]")
        .formatted(
            cloud,
            tenantId,
            redacted(aadClientId),
            subscriptionId,
            resourceGroup,
            useManagedIdentityExtension,
            redacted(userAssignedIdentityId));
  }

  private static String redacted(String id) {
    return id.isEmpty() ? "" : new ClientId(id).toString();
  }
}
