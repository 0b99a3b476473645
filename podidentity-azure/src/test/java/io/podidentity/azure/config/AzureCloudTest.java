package io.podidentity.azure.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AzureCloudTest {
  @TempDir private Path folder;

  /** Source: https://github.com/Azure/go-autorest/blob/main/autorest/azure/environments.go. */
  @ParameterizedTest
  @CsvSource({
    "AzurePublicCloud, https://login.microsoftonline.com, https://management.azure.com",
    "AZURECLOUD, https://login.microsoftonline.com, https://management.azure.com",
    "azureusgovernmentcloud, https://login.microsoftonline.us, https://management.usgovcloudapi.net",
    "AzureUSGovernment, https://login.microsoftonline.us, https://management.usgovcloudapi.net",
    "AzureChinaCloud, https://login.chinacloudapi.cn, https://management.chinacloudapi.cn",
    "AzureGermanCloud, https://login.microsoftonline.de, https://management.microsoftazure.de"
  })
  void knowsV1sCloudsInAnyCase(String name, URI entra, URI resourceManager) {
    AzureCloud cloud = AzureCloud.named(name, null);

    assertThat(cloud.activeDirectoryEndpoint()).isEqualTo(entra);
    assertThat(cloud.resourceManagerEndpoint()).isEqualTo(resourceManager);
    assertThat(cloud.resourceManagerAudience()).isEqualTo(resourceManager + "/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "AzureMoonCloud"})
  void anotherNameIsAnErrorThatListsTheNames(String name) {
    PodIdentityException error =
        catchThrowableOfType(PodIdentityException.class, () -> AzureCloud.named(name, null));

    assertThat(error.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID);
    assertThat(error).hasMessageContaining("AzurePublicCloud, AzureCloud, AzureUSGovernmentCloud");
  }

  /**
   * The members that aks-engine writes for Azure Stack Hub. Source:
   * https://github.com/Azure/aks-engine-azurestack and go-autorest's {@code azure.Environment}.
   */
  @Test
  void readsACloudOfOnesOwnFromItsFile() throws IOException {
    AzureCloud cloud =
        AzureCloud.named(
            "azurestackcloud",
            file(
                """
                {
                  "name": "AzureStackCloud",
                  "managementPortalURL": "https://portal.local.azurestack.external/",
                  "publishSettingsURL": "",
                  "serviceManagementEndpoint": "https://management.azurestack.onmicrosoft.com/2f3c",
                  "resourceManagerEndpoint": "https://management.local.azurestack.external/",
                  "activeDirectoryEndpoint": "https://login.microsoftonline.com/",
                  "galleryEndpoint": "https://gallery.local.azurestack.external/",
                  "storageEndpointSuffix": "local.azurestack.external",
                  "tokenAudience": "https://management.azurestack.onmicrosoft.com/1f2e",
                  "resourceIdentifiers": {"graph": "https://graph.windows.net/"}
                }
                """));

    assertThat(cloud)
        .isEqualTo(
            new AzureCloud(
                "AzureStackCloud",
                URI.create("https://login.microsoftonline.com"),
                URI.create("https://management.local.azurestack.external"),
                "https://management.azurestack.onmicrosoft.com/1f2e",
                "2019-12-01"));
  }

  @Test
  void theAudienceIsTheSecondNamesOrTheEndpointsWhereTheFileGivesNone() throws IOException {
    String members =
        "\"ResourceManagerEndpoint\": \"https://arm.example/\", \"activeDirectoryEndpoint\":"
            + " \"https://login.example/\"";
    Path second =
        file("{" + members + ", \"serviceManagementEndpoint\": \"https://aud.example/x\"}");

    assertThat(AzureCloud.named("AzureStackCloud", second).resourceManagerAudience())
        .isEqualTo("https://aud.example/x");
    assertThat(
            AzureCloud.named("AzureStackCloud", file("{" + members + "}"))
                .resourceManagerAudience())
        .isEqualTo("https://arm.example/");
  }

  @Test
  void aCloudOfOnesOwnNeedsAFile() {
    assertThatThrownBy(() -> AzureCloud.named("AzureStackCloud", null))
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("AZURE_ENVIRONMENT_FILEPATH");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://arm.example/",
        "arm.example",
        "https://",
        "https://user:pw@arm.example/",
        "https://arm.example/?x",
        "--resource-management-endpoint--"
      })
  void anEndpointThatATokenMustNotGoToIsAnError(String endpoint) throws IOException {
    Path file =
        file(
            """
            {"resourceManagerEndpoint": "%s", "activeDirectoryEndpoint": "https://login.example/"}
            """
                .formatted(endpoint));

    assertThatThrownBy(() -> AzureCloud.named("AzureStackCloud", file))
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("resourceManagerEndpoint must be an https URL");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("environment.json"), text);
  }
}
