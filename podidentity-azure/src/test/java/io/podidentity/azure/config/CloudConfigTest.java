package io.podidentity.azure.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CloudConfigTest {
  private static final String SECRET = "s3cr~t/With+Odd=Letters";

  /**
   * The members that AKS writes; values made up. Source:
   * https://cloud-provider-azure.sigs.k8s.io/install/configs/ and
   * https://github.com/Azure/AKS/issues/1517.
   */
  private static final String AKS =
      """
      {
          "cloud": "AzurePublicCloud",
          "tenantId": "72f988bf-86f1-41af-91ab-2d7cd011db47",
          "subscriptionId": "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8",
          "aadClientId": "msi",
          "aadClientSecret": "msi",
          "resourceGroup": "MC_group_cluster_westeurope",
          "location": "westeurope",
          "vmType": "vmss",
          "subnetName": "aks-subnet",
          "securityGroupName": "aks-agentpool-12345678-nsg",
          "vnetName": "aks-vnet-12345678",
          "vnetResourceGroup": "",
          "routeTableName": "aks-agentpool-12345678-routetable",
          "primaryAvailabilitySetName": "",
          "primaryScaleSetName": "aks-nodepool1-12345678-vmss",
          "cloudProviderBackoffMode": "v2",
          "cloudProviderBackoff": true,
          "cloudProviderBackoffRetries": 6,
          "cloudProviderBackoffDuration": 5,
          "cloudProviderRateLimitQPS": 10.000000,
          "useManagedIdentityExtension": true,
          "userAssignedIdentityID": "1c4ce8b5-0000-4000-8000-d8e0b1a8a6a9",
          "useInstanceMetadata": true,
          "loadBalancerSku": "Standard",
          "disableOutboundSNAT": false,
          "excludeMasterFromStandardLB": true,
          "providerVaultName": "",
          "maximumLoadBalancerRuleCount": 250,
          "tags": {"owner": "team"}
      }
      """;

  @TempDir private Path folder;

  @Test
  void readsTheFileOfAClusterWithAManagedIdentity() throws IOException {
    CloudConfig config = CloudConfig.fromFile(file(AKS));

    assertThat(config)
        .isEqualTo(
            new CloudConfig(
                "AzurePublicCloud",
                "72f988bf-86f1-41af-91ab-2d7cd011db47",
                "msi",
                "msi",
                "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8",
                "MC_group_cluster_westeurope",
                true,
                "1c4ce8b5-0000-4000-8000-d8e0b1a8a6a9"));
  }

  @Test
  void readsTheFileOfAClusterWithAServicePrincipal() throws IOException {
    CloudConfig config = CloudConfig.fromFile(file(servicePrincipal("\"" + SECRET + "\"")));

    assertThat(config.aadClientSecret()).isEqualTo(SECRET);
    assertThat(config.useManagedIdentityExtension()).isFalse();
    assertThat(config.userAssignedIdentityId()).isEmpty();
  }

  @Test
  void readsYaml() throws IOException {
    CloudConfig config =
        CloudConfig.fromFile(
            file(
                """
                # The same in YAML.
                cloud: AzureChinaCloud
                tenantId: t1
                aadClientId: c1
                aadClientSecret: 'it''s'
                subscriptionId: s1
                resourceGroup: g1
                useManagedIdentityExtension: false
                userAssignedIdentityID: ""
                """));

    assertThat(config)
        .isEqualTo(new CloudConfig("AzureChinaCloud", "t1", "c1", "it's", "s1", "g1", false, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0123456789", "1e5", "1_000", "true", "0x1F", "2026-01-01"})
  void aSecretThatLooksLikeSomethingElseStaysAsItIsWritten(String secret) throws IOException {
    String yaml =
        """
        cloud: AzurePublicCloud
        tenantId: t
        aadClientId: c
        aadClientSecret: %s
        subscriptionId: s
        resourceGroup: g
        """
            .formatted(secret);

    assertThat(CloudConfig.fromFile(file(yaml)).aadClientSecret()).isEqualTo(secret);
  }

  @Test
  void jsonMayBeCompactOrIndentedByTabsOrBeginWithAByteOrderMark() throws IOException {
    CloudConfig expected = CloudConfig.fromFile(file(AKS));

    assertThat(CloudConfig.fromFile(file(AKS.replaceAll("\\s*\n\\s*", "").replace(": ", ":"))))
        .isEqualTo(expected);
    assertThat(CloudConfig.fromFile(file(AKS.replace("    ", "\t")))).isEqualTo(expected);
    assertThat(CloudConfig.fromFile(file("\uFEFF" + AKS))).isEqualTo(expected);
  }

  @Test
  void jsonEscapesAreUnderstood() throws IOException {
    CloudConfig config =
        CloudConfig.fromFile(file(servicePrincipal("\"a\\/b\\\"c\\\\d\\u0041\\ud83d\\ude00\"")));

    assertThat(config.aadClientSecret()).isEqualTo("a/b\"c\\dA\uD83D\uDE00");
  }

  @Test
  void aNullCountsAsNotSet() throws IOException {
    String json = AKS.replace("\"1c4ce8b5-0000-4000-8000-d8e0b1a8a6a9\"", "null");

    assertThat(CloudConfig.fromFile(file(json)).userAssignedIdentityId()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenantId", "aadClientId", "aadClientSecret"})
  void aServicePrincipalNeedsItsSettings(String key) throws IOException {
    Path file = file(servicePrincipal("\"x\"").replace("\"" + key + "\"", "\"other\""));

    assertInvalid(file)
        .hasMessageContaining(key + " is not set")
        .hasMessageContaining("useManaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cloud", "subscriptionId", "resourceGroup"})
  void everyClusterNeedsItsPlace(String key) throws IOException {
    assertInvalid(file(AKS.replace("\"" + key + "\"", "\"other\"")))
        .hasMessageContaining(key + " is not set");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "..", "a b", "a?b"})
  void aPlaceThatCannotBePartOfAResourceIdIsAnError(String place) throws IOException {
    assertInvalid(file(AKS.replace("MC_group_cluster_westeurope", place)))
        .hasMessageContaining("resourceGroup is not a name that Azure gives");
  }

  @Test
  void aFlagThatIsNeitherTrueNorFalseIsAnError() throws IOException {
    Path file = file(AKS.replace("Extension\": true", "Extension\": \"yes\""));

    assertInvalid(file).hasMessageContaining("useManagedIdentityExtension must be true or false");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    Path missing = folder.resolve("missing.json");

    assertInvalid(missing).hasMessageContaining("there is no such file");
    assertInvalid(folder).hasMessageContaining("it is a folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "just words", "[1, 2]", "\u0000\u0001"})
  void aFileWithoutAnObjectIsAnError(String text) throws IOException {
    assertInvalid(file(text));
  }

  @Test
  void bytesThatAreNoTextAreAnError() throws IOException {
    Path file = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xC3, 0x28, 0x7B});

    assertInvalid(file).hasMessageContaining("UTF-8");
  }

  /** Parsers quote the line that they do not understand, and that line may be the secret's. */
  @Test
  void aHalfWrittenFileIsAnErrorThatShowsAPlaceAndNoSecret() throws IOException {
    String whole = servicePrincipal("\"" + SECRET + "\"");
    for (int length = 1; length < whole.strip().length(); length++) {
      Path file = file(whole.substring(0, length));
      PodIdentityException error =
          catchThrowableOfType(PodIdentityException.class, () -> CloudConfig.fromFile(file));

      assertThat(error).as("first %d characters", length).isNotNull();
      assertThat(Failures.everything(error)).doesNotContain(SECRET.substring(0, 8));
    }
  }

  @Test
  void aSecretInTheWrongPlaceOfYamlIsNotShown() throws IOException {
    Path file = file("cloud: x\naadClientSecret: \"" + SECRET + "\" trailing\n");

    assertInvalid(file).hasMessageContaining("line 2").hasMessageNotContaining(SECRET);
  }

  @Test
  void doesNotPrintItsSecret() throws IOException {
    CloudConfig config = CloudConfig.fromFile(file(servicePrincipal("\"" + SECRET + "\"")));

    assertThat(config.toString()).doesNotContain(SECRET).contains("AzurePublicCloud");
    assertThat(new Settings("x", Map.of("aadClientSecret", SECRET)).toString())
        .doesNotContain(SECRET);
  }

  @Test
  void readsTheEnvironment() {
    CloudConfig config =
        CloudConfig.fromEnvironment(
            Map.of(
                "CLOUD", "AzurePublicCloud",
                "TENANT_ID", "t",
                "CLIENT_ID", "c",
                "CLIENT_SECRET", SECRET,
                "SUBSCRIPTION_ID", "s",
                "RESOURCE_GROUP", "g",
                "VM_TYPE", "vmss"));

    assertThat(config)
        .isEqualTo(new CloudConfig("AzurePublicCloud", "t", "c", SECRET, "s", "g", false, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "True", "TRUE"})
  void theEnvironmentSwitchesToAManagedIdentityInAnyCase(String value) {
    CloudConfig config =
        CloudConfig.fromEnvironment(
            Map.of(
                "CLOUD", "AzurePublicCloud",
                "SUBSCRIPTION_ID", "s",
                "RESOURCE_GROUP", "g",
                "USE_MSI", value,
                "USER_ASSIGNED_MSI_CLIENT_ID", "u"));

    assertThat(config.useManagedIdentityExtension()).isTrue();
    assertThat(config.userAssignedIdentityId()).isEqualTo("u");
  }

  @Test
  void anEnvironmentThatLacksAVariableIsAnErrorThatNamesIt() {
    assertThatThrownBy(() -> CloudConfig.fromEnvironment(Map.of("CLIENT_SECRET", SECRET)))
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("environment: CLOUD is not set")
        .hasMessageContaining("AzurePublicCloud")
        .hasMessageNotContaining(SECRET);
  }

  private static String servicePrincipal(String secret) {
    return """
        {
          "cloud": "AzurePublicCloud",
          "tenantId": "t",
          "aadClientId": "c",
          "aadClientSecret": %s,
          "subscriptionId": "s",
          "resourceGroup": "g",
          "vmType": "standard"
        }
        """
        .formatted(secret);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("azure.json"), text);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(Path file) {
    PodIdentityException error =
        catchThrowableOfType(PodIdentityException.class, () -> CloudConfig.fromFile(file));
    assertThat(error).isNotNull();
    assertThat(error.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID);
    return assertThat(error).hasMessageContaining(file.toString());
  }
}
