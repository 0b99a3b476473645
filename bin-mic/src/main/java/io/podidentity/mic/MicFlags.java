package io.podidentity.mic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * MIC's command line: the flags of AAD Pod Identity v1.8, with its spelling and defaults. The first
 * value of each field is its default.
 */
@Command(
    name = "mic",
    usageHelpWidth = 100,
    customSynopsis = "mic [flags]",
    description = {
      "Assigns Azure identities to the machines under the pods that are bound to them.",
      "Flags may be written -x or --x, and with a value --x=v or --x v; a boolean's value needs =."
    },
    optionListHeading = "%nFlags of AAD Pod Identity v1:%n",
    footer = {
      "",
      "Environment: FORCENAMESPACED=true is --forceNamespaced; AZURE_ENVIRONMENT_FILEPATH is the custom"
          + " cloud's file; SSL_CERT_FILE holds certificates to trust; MIC_JAVA_OPTS holds options for"
          + " the JVM. klog's flags are accepted without effect."
    })
final class MicFlags {
  @Option(
      names = "--kubeconfig",
      description = "Path of a kubeconfig; empty for the service account of the pod it runs in.")
  String kubeconfig = "";

  @Option(
      names = "--cloudconfig",
      description =
          "Path of azure.json, JSON or YAML. Empty: CLOUD, TENANT_ID, CLIENT_ID, CLIENT_SECRET,"
              + " SUBSCRIPTION_ID, RESOURCE_GROUP, USE_MSI and USER_ASSIGNED_MSI_CLIENT_ID from the"
              + " environment.")
  String cloudConfig = "";

  @Option(
      names = "--forceNamespaced",
      description = "Pod, binding and identity must share a namespace. Also FORCENAMESPACED=true.")
  boolean forceNamespaced;

  @Option(
      names = "--syncRetryDuration",
      description = "How long at most between two looks at the whole cluster. Default: 3600s.")
  Duration syncRetryDuration = Duration.ofHours(1);

  @Option(
      names = "--leader-election-instance",
      description = "Who holds the lease. Default: the host name.")
  String leaderElectionInstance = "";

  @Option(
      names = "--leader-election-namespace",
      description = "The lease's namespace. Default: ${DEFAULT-VALUE}.")
  String leaderElectionNamespace = "default";

  @Option(
      names = "--leader-election-name",
      description = "The lease's name. Default: ${DEFAULT-VALUE}.")
  String leaderElectionName = "aad-pod-identity-mic";

  @Option(
      names = "--leader-election-duration",
      description = "How long a lease holds that is not renewed. Default: 15s.")
  Duration leaderElectionDuration = Duration.ofSeconds(15);

  @Option(
      names = "--http-probe-port",
      description = "Port of /healthz and /readyz. Default: ${DEFAULT-VALUE}.")
  int httpProbePort = 8080;

  @Option(
      names = "--createDeleteBatch",
      description =
          "How many records of one machine or scale set are written at a time. Default:"
              + " ${DEFAULT-VALUE}.")
  int createDeleteBatch = 20;

  @Option(
      names = "--immutable-user-msis",
      description = "Client IDs or resource IDs, with commas, that are never taken off a machine.")
  String immutableUserMsis = "";

  @Option(names = "--log-format", description = "text or json. Default: ${DEFAULT-VALUE}.")
  String logFormat = "text";

  @Option(names = "--custom-user-agent", description = "Added to the user agent of all calls.")
  String customUserAgent = "";

  @Option(names = "--prometheus-port", description = "Accepted; no metrics are served yet.")
  int prometheusPort = 8888;

  @Option(names = "--enableProfile", description = "Accepted without effect.")
  boolean enableProfile;

  @Option(names = "--enableScaleFeatures", description = "Accepted without effect, as in v1.")
  boolean enableScaleFeatures;

  @Option(names = "--clientQps", description = "Accepted; calls are not limited yet.")
  double clientQps = 5;

  @Option(names = "--config-map-name", description = "Accepted; see --enable-type-upgrade.")
  String configMapName = "aad-pod-identity-config";

  @Option(names = "--type-upgrade-status-key", description = "Accepted; see --enable-type-upgrade.")
  String typeUpgradeStatusKey = "type-upgrade-status";

  @Option(names = "--enable-type-upgrade", description = "Accepted; objects are not rewritten yet.")
  boolean enableTypeUpgrade = true;

  @Option(
      names = "--update-user-msi-max-retry",
      description = "Accepted; a failed target is retried with back-off.")
  int updateUserMsiMaxRetry = 2;

  @Option(
      names = "--update-user-msi-retry-interval",
      description = "Accepted; a failed target is retried with back-off.")
  Duration updateUserMsiRetryInterval = Duration.ofSeconds(1);

  @Option(
      names = "--identity-assignment-reconcile-interval",
      description = "Accepted; what vanishes from a machine is not put back yet.")
  Duration identityAssignmentReconcileInterval = Duration.ofMinutes(3);

  /** The flags that were set to something else than their default, and do nothing. */
  List<String> withoutEffect() {
    MicFlags defaults = new MicFlags();
    List<String> names = new ArrayList<>();
    note(names, "prometheus-port", prometheusPort, defaults.prometheusPort);
    note(names, "enableProfile", enableProfile, defaults.enableProfile);
    note(names, "enableScaleFeatures", enableScaleFeatures, defaults.enableScaleFeatures);
    note(names, "clientQps", clientQps, defaults.clientQps);
    note(names, "config-map-name", configMapName, defaults.configMapName);
    note(names, "type-upgrade-status-key", typeUpgradeStatusKey, defaults.typeUpgradeStatusKey);
    note(names, "enable-type-upgrade", enableTypeUpgrade, defaults.enableTypeUpgrade);
    note(names, "update-user-msi-max-retry", updateUserMsiMaxRetry, defaults.updateUserMsiMaxRetry);
    note(
        names,
        "update-user-msi-retry-interval",
        updateUserMsiRetryInterval,
        defaults.updateUserMsiRetryInterval);
    note(
        names,
        "identity-assignment-reconcile-interval",
        identityAssignmentReconcileInterval,
        defaults.identityAssignmentReconcileInterval);
    return names;
  }

  private static void note(List<String> names, String name, Object value, Object unset) {
    if (!value.equals(unset)) {
      names.add(name);
    }
  }
}
