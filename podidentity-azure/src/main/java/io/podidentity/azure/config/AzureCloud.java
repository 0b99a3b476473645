package io.podidentity.azure.config;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a cloud's services are.
 *
 * @param name its name, for messages
 * @param activeDirectoryEndpoint Entra ID, https, without the tenant
 * @param resourceManagerEndpoint Azure Resource Manager, https, without a path
 * @param resourceManagerAudience the resource that its tokens are for, exactly as Entra ID knows it
 * @param computeApiVersion the version in which its compute resources are asked
 */
public record AzureCloud(
    String name,
    URI activeDirectoryEndpoint,
    URI resourceManagerEndpoint,
    String resourceManagerAudience,
    String computeApiVersion) {
  /** The names that {@link #named} knows; their letter case does not matter. */
  public static final List<String> NAMES =
      List.of(
          "AzurePublicCloud",
          "AzureCloud",
          "AzureUSGovernmentCloud",
          "AzureUSGovernment",
          "AzureChinaCloud",
          "AzureGermanCloud",
          "AzureStackCloud");

  /**
   * The first version in which virtual machines and scale sets have an ETag. Clouds get new
   * versions late, so that the oldest one that will do is the best.
   */
  private static final String COMPUTE_API_VERSION = "2024-07-01";

  /** Checks the endpoints. */
  public AzureCloud {
    activeDirectoryEndpoint = Endpoints.checked(activeDirectoryEndpoint, "Entra ID");
    resourceManagerEndpoint = Endpoints.checked(resourceManagerEndpoint, "Resource Manager");
    if (name.isEmpty() || resourceManagerAudience.isEmpty() || computeApiVersion.isEmpty()) {
      throw new IllegalArgumentException("name, audience and API version must not be empty");
    }
  }

  /**
   * The cloud of that name.
   *
   * @param customCloudFile describes {@code AzureStackCloud} (v1's variable {@code
   *     AZURE_ENVIRONMENT_FILEPATH}), in the form of go-autorest's {@code azure.Environment}; null
   *     if there is none. It is not read for another cloud
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if there is no such cloud, as
   *     with an empty name, or the file cannot be used
   */
  public static AzureCloud named(String name, @Nullable Path customCloudFile) {
    return switch (name.trim().toLowerCase(Locale.ROOT)) {
      case "azurepubliccloud", "azurecloud" ->
          known("AzurePublicCloud", "login.microsoftonline.com", "management.azure.com");
      case "azureusgovernmentcloud", "azureusgovernment" ->
          known(
              "AzureUSGovernmentCloud", "login.microsoftonline.us", "management.usgovcloudapi.net");
      case "azurechinacloud" ->
          known("AzureChinaCloud", "login.chinacloudapi.cn", "management.chinacloudapi.cn");
      case "azuregermancloud" ->
          known("AzureGermanCloud", "login.microsoftonline.de", "management.microsoftazure.de");
      case "azurestackcloud" -> CustomCloudFile.read(customCloudFile);
      default ->
          throw new PodIdentityException(
              ErrorReason.CONFIGURATION_INVALID,
              "there is no cloud \"%s\"; give one of %s".formatted(name, NAMES));
    };
  }

  /**
   * @see <a
   *     href="https://github.com/Azure/go-autorest/blob/main/autorest/azure/environments.go">The
   *     endpoints that v1 knows</a>
   */
  private static AzureCloud known(String name, String entra, String resourceManager) {
    return new AzureCloud(
        name,
        URI.create("https://" + entra),
        URI.create("https://" + resourceManager),
        "https://" + resourceManager + "/",
        COMPUTE_API_VERSION);
  }
}
