package io.podidentity.azure.config;

import java.util.regex.Pattern;

/**
 * How the settings of a {@link CloudConfig} are called in one kind of source.
 *
 * @param strictBoolean whether a text that is neither {@code true} nor {@code false} is an error;
 *     v1 takes such a variable for false
 */
record CloudConfigNames(
    String cloud,
    String tenantId,
    String clientId,
    String clientSecret,
    String subscriptionId,
    String resourceGroup,
    String useManagedIdentity,
    String userAssignedIdentity,
    boolean strictBoolean) {
  static final CloudConfigNames FILE =
      new CloudConfigNames(
          "cloud",
          "tenantId",
          "aadClientId",
          "aadClientSecret",
          "subscriptionId",
          "resourceGroup",
          "useManagedIdentityExtension",
          "userAssignedIdentityID",
          true);
  static final CloudConfigNames ENVIRONMENT =
      new CloudConfigNames(
          "CLOUD",
          "TENANT_ID",
          "CLIENT_ID",
          "CLIENT_SECRET",
          "SUBSCRIPTION_ID",
          "RESOURCE_GROUP",
          "USE_MSI",
          "USER_ASSIGNED_MSI_CLIENT_ID",
          false);

  /** No name in Azure needs more, and others would bend the URL that is made of it. */
  private static final Pattern ID_PART = Pattern.compile("(?!\\.+$)[^/\\\\?#%\\s\\p{C}]+");

  CloudConfig read(Settings settings) {
    boolean managed = flag(settings);
    String instead = "set it, or set " + useManagedIdentity + " to true";
    return new CloudConfig(
        settings.require(cloud, "give one of " + AzureCloud.NAMES),
        managed ? settings.get(tenantId) : settings.require(tenantId, instead),
        managed ? settings.get(clientId) : settings.require(clientId, instead),
        managed ? settings.get(clientSecret) : settings.require(clientSecret, instead),
        idPart(settings, subscriptionId, "give the ID of the cluster's subscription"),
        idPart(settings, resourceGroup, "give the resource group of the cluster's machines"),
        managed,
        settings.get(userAssignedIdentity));
  }

  /** A part of the resource IDs of machines whose nodes do not name them. */
  private static String idPart(Settings settings, String name, String advice) {
    String value = settings.require(name, advice);
    if (!ID_PART.matcher(value).matches()) {
      throw settings.invalid(name, "is not a name that Azure gives; " + advice);
    }
    return value;
  }

  private boolean flag(Settings settings) {
    String text = settings.get(useManagedIdentity);
    if (text.equalsIgnoreCase("true")) {
      return true;
    }
    if (strictBoolean && !text.isEmpty() && !text.equalsIgnoreCase("false")) {
      throw settings.invalid(useManagedIdentity, "must be true or false");
    }
    return false;
  }
}
