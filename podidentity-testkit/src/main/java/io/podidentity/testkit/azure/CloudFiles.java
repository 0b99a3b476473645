package io.podidentity.testkit.azure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Files by which a program finds a simulated Azure.
 *
 * <p>Source: the members of the custom cloud file are those of go-autorest's {@code
 * azure.Environment} (https://github.com/Azure/go-autorest, autorest/azure/environments.go); those
 * of azure.json are described at https://cloud-provider-azure.sigs.k8s.io/install/configs.
 */
final class CloudFiles {
  private static final String SUFFIX = "simulated.invalid";

  private CloudFiles() {}

  static void write(Path folder, SimulatedAzure simulated, AzureState state) throws IOException {
    Files.createDirectories(folder);
    simulated.certificates().writeCaPem(folder.resolve("ca.pem"));
    writeJson(folder.resolve("azure-environment.json"), environment(simulated));
    writeJson(folder.resolve("endpoints.json"), endpoints(simulated));
    AzureState.Cluster cluster = cluster(state);
    writeJson(folder.resolve("azure.json"), managedIdentity(simulated, cluster));
    for (AzureState.Application application : state.applications()) {
      if (application.secret() != null) {
        writeJson(
            folder.resolve("azure-service-principal-" + application.clientId() + ".json"),
            servicePrincipal(simulated, cluster, application));
      }
    }
  }

  static Map<String, Object> environment(SimulatedAzure simulated) {
    String arm = simulated.armUri() + "/";
    String entra = simulated.entraUri() + "/";
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("name", "AzureStackCloud");
    file.put("managementPortalURL", arm);
    file.put("publishSettingsURL", arm + "publishsettings");
    // v1 asks for its Resource Manager tokens with this one as the audience.
    file.put("serviceManagementEndpoint", arm);
    file.put("resourceManagerEndpoint", arm);
    file.put("activeDirectoryEndpoint", entra);
    file.put("galleryEndpoint", arm);
    for (String endpoint :
        new String[] {
          "keyVaultEndpoint",
          "managedHSMEndpoint",
          "graphEndpoint",
          "serviceBusEndpoint",
          "batchManagementEndpoint",
          "microsoftGraphEndpoint"
        }) {
      file.put(endpoint, "https://" + endpoint.replace("Endpoint", "") + "." + SUFFIX + "/");
    }
    for (String suffix :
        new String[] {
          "storageEndpointSuffix",
          "cosmosDBDNSSuffix",
          "mariaDBDNSSuffix",
          "mySqlDatabaseDNSSuffix",
          "postgresqlDatabaseDNSSuffix",
          "sqlDatabaseDNSSuffix",
          "trafficManagerDNSSuffix",
          "keyVaultDNSSuffix",
          "managedHSMDNSSuffix",
          "serviceBusEndpointSuffix",
          "serviceManagementVMDNSSuffix",
          "resourceManagerVMDNSSuffix",
          "containerRegistryDNSSuffix",
          "apiManagementHostNameSuffix",
          "synapseEndpointSuffix",
          "datalakeSuffix"
        }) {
      file.put(suffix, SUFFIX);
    }
    file.put("tokenAudience", arm);
    file.put("resourceIdentifiers", resourceIdentifiers());
    return file;
  }

  private static Map<String, String> resourceIdentifiers() {
    Map<String, String> identifiers = new LinkedHashMap<>();
    for (String name :
        new String[] {
          "graph",
          "keyVault",
          "datalake",
          "batch",
          "operationalInsights",
          "storage",
          "synapse",
          "serviceBus",
          "sqlDatabase",
          "cosmosDB",
          "managedHSM",
          "microsoftGraph"
        }) {
      identifiers.put(name, "https://" + name.toLowerCase(Locale.ROOT) + "." + SUFFIX);
    }
    return identifiers;
  }

  private static Map<String, Object> endpoints(SimulatedAzure simulated) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("imds", simulated.imdsUri().toString());
    file.put("entra", simulated.entraUri().toString());
    file.put("arm", simulated.armUri().toString());
    simulated.controlUri().ifPresent(uri -> file.put("control", uri.toString()));
    file.put("tenantId", simulated.azure().tenantId());
    return file;
  }

  private static Map<String, Object> managedIdentity(
      SimulatedAzure simulated, AzureState.Cluster cluster) {
    Map<String, Object> file = common(simulated, cluster);
    file.put("useManagedIdentityExtension", true);
    file.put(
        "userAssignedIdentityID",
        cluster.identityClientId() == null ? "" : cluster.identityClientId());
    return file;
  }

  private static Map<String, Object> servicePrincipal(
      SimulatedAzure simulated, AzureState.Cluster cluster, AzureState.Application application) {
    Map<String, Object> file = common(simulated, cluster);
    if (application.tenantId() != null) {
      file.put("tenantId", application.tenantId());
    }
    file.put("aadClientId", application.clientId());
    file.put("aadClientSecret", application.secret());
    return file;
  }

  private static Map<String, Object> common(SimulatedAzure simulated, AzureState.Cluster cluster) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("cloud", "AzureStackCloud");
    file.put("tenantId", simulated.azure().tenantId());
    file.put("subscriptionId", cluster.subscriptionId());
    file.put("resourceGroup", cluster.resourceGroup());
    file.put("vmType", cluster.vmType());
    return file;
  }

  private static AzureState.Cluster cluster(AzureState state) {
    if (state.cluster() != null) {
      return state.cluster();
    }
    if (state.computes().isEmpty()) {
      return new AzureState.Cluster("", "", "standard", null);
    }
    ArmId first = ArmId.parse(state.computes().get(0).resourceId());
    return new AzureState.Cluster(
        first.subscription(),
        first.resourceGroup(),
        first.is(ArmId.SCALE_SET) ? "vmss" : "standard",
        null);
  }

  private static void writeJson(Path file, Map<String, Object> members) throws IOException {
    Files.writeString(
        file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(members) + "\n");
  }
}
