package io.podidentity.azure.config;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The file that describes a cloud of one's own (Azure Stack). The names of its members are compared
 * ignoring case, as Go does.
 */
final class CustomCloudFile {
  private static final String WHAT = "custom cloud file";

  /** That of AAD Pod Identity v1: Azure Stack Hub does not know the newer ones. */
  private static final String COMPUTE_API_VERSION = "2019-12-01";

  private CustomCloudFile() {}

  static AzureCloud read(@Nullable Path file) {
    if (file == null) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          "cloud AzureStackCloud needs a file that describes it; name it in the environment variable"
              + " AZURE_ENVIRONMENT_FILEPATH");
    }
    Settings written = ConfigDocument.read(file, WHAT);
    Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(written.values());
    Settings settings = new Settings(written.place(), anyCase);
    String resourceManager = settings.require("resourceManagerEndpoint", "give its https URL");
    return new AzureCloud(
        "AzureStackCloud",
        endpoint(settings, "activeDirectoryEndpoint"),
        endpoint(settings, "resourceManagerEndpoint"),
        audience(settings, resourceManager),
        COMPUTE_API_VERSION);
  }

  /** On Azure Stack the audience is a name of its own, and older files give it as the second. */
  private static String audience(Settings settings, String resourceManager) {
    String audience = settings.get("tokenAudience");
    if (audience.isEmpty()) {
      audience = settings.get("serviceManagementEndpoint");
    }
    return audience.isEmpty() ? resourceManager : audience;
  }

  private static URI endpoint(Settings settings, String name) {
    String text = settings.require(name, "give its https URL");
    try {
      return Endpoints.checked(URI.create(text), name);
    } catch (IllegalArgumentException e) {
      throw settings.invalid(name, "must be an https URL");
    }
  }
}
