package io.podidentity.nmi;

import io.podidentity.bin.metrics.Family;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The labels of requests. AAD Pod Identity v1 takes them from the request as they come, so that a
 * pod can make any number of time series; here only well-known values are kept.
 */
final class RequestLabels {
  private static final Set<String> PATHS =
      Set.of(
          "/metadata/identity/oauth2/token",
          "/metadata/identity/oauth2/token/",
          "/host/token",
          "/host/token/");

  /**
   * Azure's own, as go-autorest, v1's library, lists them for each cloud.
   *
   * @see <a
   *     href="https://github.com/Azure/go-autorest/blob/main/autorest/azure/environments.go">environments.go</a>
   */
  private static final Set<String> RESOURCES =
      Stream.of(
              // All clouds, and the public one.
              "cosmos.azure.com",
              "graph.microsoft.com",
              "graph.windows.net",
              "management.azure.com",
              "management.core.windows.net",
              "servicebus.azure.net",
              "storage.azure.com",
              "vault.azure.net",
              "api.loganalytics.io",
              "batch.core.windows.net",
              "database.windows.net",
              "datalake.azure.net",
              "dev.azuresynapse.net",
              "managedhsm.azure.net",
              "ossrdbms-aad.database.windows.net",
              // United States government.
              "api.loganalytics.us",
              "batch.core.usgovcloudapi.net",
              "database.usgovcloudapi.net",
              "dev.azuresynapse.usgovcloudapi.net",
              "graph.microsoft.us",
              "management.core.usgovcloudapi.net",
              "management.usgovcloudapi.net",
              "ossrdbms-aad.database.usgovcloudapi.net",
              "vault.usgovcloudapi.net",
              // China.
              "batch.chinacloudapi.cn",
              "database.chinacloudapi.cn",
              "graph.chinacloudapi.cn",
              "management.chinacloudapi.cn",
              "management.core.chinacloudapi.cn",
              "microsoftgraph.chinacloudapi.cn",
              "ossrdbms-aad.database.chinacloudapi.cn",
              "vault.azure.cn")
          .flatMap(host -> Stream.of("https://" + host, "https://" + host + "/"))
          .collect(Collectors.toUnmodifiableSet());

  private RequestLabels() {}

  /** The path if it is one of v1's, as clients write them. */
  static String path(String path) {
    return PATHS.contains(path) ? path : Family.OTHER;
  }

  /** The resource if it is one of Azure's, with or without a slash at its end, or empty. */
  static String resource(String resource) {
    return resource.isEmpty() || RESOURCES.contains(resource) ? resource : Family.OTHER;
  }

  /** The status. */
  static String status(int status) {
    return status == 200 ? "200" : Integer.toString(status);
  }
}
