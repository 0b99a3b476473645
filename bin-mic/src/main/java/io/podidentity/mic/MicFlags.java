package io.podidentity.mic;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.bin.CommonFlags;
import io.podidentity.bin.Flag;
import io.podidentity.bin.FlagGroup;
import io.podidentity.bin.WithoutEffect;
import java.time.Duration;
import picocli.CommandLine.Command;

/**
 * MIC's command line: the flags of AAD Pod Identity v1.8, with its spelling and defaults. The first
 * value of each field is its default.
 */
@Command(
    name = "mic",
    usageHelpWidth = 100,
    showDefaultValues = true,
    customSynopsis = {
      "mic [flags]",
      "mic plan [flags]",
      "mic drain [flags]",
      "mic doctor [flags]",
      "mic report workload-identity [flags]"
    },
    description = {
      "Assigns Azure identities to the machines under the pods that are bound to them.",
      "plan prints what it would do now, and why; it reads the cluster and changes nothing.",
      "drain takes off the machines all that MIC put there, and deletes its records: for an uninstall.",
      "doctor says what is the matter with MIC: settings, rights, machines, records left over.",
      "report workload-identity prints what a move to Azure Workload Identity needs; it changes nothing.",
      "Flags may be written -x or --x, and with a value --x=v or --x v; a boolean's value needs =."
    },
    optionListHeading = "%nFlags of AAD Pod Identity v1:%n",
    footer = {
      "",
      "Environment: FORCENAMESPACED=true is --forceNamespaced; MIC_POD_NAMESPACE"
          + " is MIC's namespace, else default; AZURE_ENVIRONMENT_FILEPATH is the custom"
          + " cloud's file; HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR are for Azure"
          + " Resource Manager and Entra ID; MIC_JAVA_OPTS holds options for the JVM. klog's flags are accepted without effect."
    })
final class MicFlags {
  @FlagGroup CommonFlags common = new CommonFlags(8888);

  @Flag(
      names = "--kubeconfig",
      description = "Path of a kubeconfig; empty for the service account of the pod it runs in.")
  String kubeconfig = "";

  @Flag(
      names = "--cloudconfig",
      description =
          "Path of azure.json, JSON or YAML. Empty: CLOUD, TENANT_ID, CLIENT_ID, CLIENT_SECRET,"
              + " SUBSCRIPTION_ID, RESOURCE_GROUP, USE_MSI and USER_ASSIGNED_MSI_CLIENT_ID from the"
              + " environment.")
  String cloudConfig = "";

  @Flag(
      showDefault = false,
      names = "--syncRetryDuration",
      description = "How long at most between two looks at the whole cluster. Default: 3600s.")
  Duration syncRetryDuration = Duration.ofHours(1);

  @Flag(
      names = "--leader-election-instance",
      description = "Who holds the lease. Default: the host name.")
  String leaderElectionInstance = "";

  @Flag(names = "--leader-election-namespace", description = "The lease's namespace.")
  String leaderElectionNamespace = "default";

  @Flag(names = "--leader-election-name", description = "The lease's name.")
  String leaderElectionName = "aad-pod-identity-mic";

  @Flag(
      showDefault = false,
      names = "--leader-election-duration",
      description = "How long a lease holds that is not renewed. Default: 15s.")
  Duration leaderElectionDuration = Duration.ofSeconds(15);

  @Flag(
      names = "--createDeleteBatch",
      description = "How many records of one machine or scale set are written at a time.")
  int createDeleteBatch = 20;

  @Flag(
      names = "--immutable-user-msis",
      description = "Client IDs or resource IDs, with commas, that are never taken off a machine.")
  String immutableUserMsis = "";

  @WithoutEffect
  @Flag(names = "--enableScaleFeatures", description = "Accepted without effect, as in v1.")
  boolean enableScaleFeatures;

  @Flag(
      names = "--clientQps",
      description =
          "How many records and events are written a second, and as many at once; 0 for any number."
              + " (v1: 5, of all calls.)")
  double clientQps = 200;

  @Flag(
      names = "--config-map-name",
      description = "The ConfigMap, in MIC's namespace, of --type-upgrade-status-key.")
  String configMapName = "aad-pod-identity-config";

  @Flag(
      names = "--type-upgrade-status-key",
      description = "The key that keeps v1's MIC from rewriting all objects when it comes back.")
  String typeUpgradeStatusKey = "type-upgrade-status";

  @Flag(names = "--enable-type-upgrade", description = "Whether to set that key. Default: true.")
  boolean enableTypeUpgrade = true;

  @WithoutEffect
  @Flag(
      names = "--update-user-msi-max-retry",
      description = "Accepted; a failed target is retried with back-off.")
  int updateUserMsiMaxRetry = 2;

  @WithoutEffect
  @Flag(
      showDefault = false,
      names = "--update-user-msi-retry-interval",
      description = "Accepted; a failed target is retried with back-off. Default: 1s.")
  Duration updateUserMsiRetryInterval = Duration.ofSeconds(1);

  @Flag(
      showDefault = false,
      names = "--identity-assignment-reconcile-interval",
      description =
          "How often to look for what has vanished from a machine, and put it back; 0s for never."
              + " Default: 3m.")
  Duration identityAssignmentReconcileInterval = Duration.ofMinutes(3);

  @FlagGroup(heading = "%nFurther flags:%n")
  Own own = new Own();

  /**
   * As {@code mic drain} needs them: nothing waits, and another MIC may have the ports, and lead
   * under the name of this host.
   */
  void drain(String hostName) {
    leaderElectionInstance =
        (leaderElectionInstance.isEmpty() ? hostName : leaderElectionInstance) + "-drain";
    own.detachDelay = Duration.ZERO;
    common.anyPorts();
  }

  /** Flags that v1 does not have. */
  static final class Own {
    private static final String TEXT = "text";
    private static final Duration LONG = Duration.ofMinutes(5);

    @Flag(names = "--output", description = "How mic plan, report and doctor print: text or json.")
    String output = TEXT;

    @Flag(
        showDefault = false,
        names = "--timeout",
        description = "How long mic plan, drain and doctor may take. Default: 5m.")
    Duration timeout = LONG;

    @Flag(
        names = "--leader-election-endpoints",
        description =
            "Whether to hold v1's lock, an Endpoints object, besides the lease, so that v1's MIC and"
                + " this one never lead at the same time. Default: true.")
    boolean leaderElectionEndpoints = true;

    @Flag(
        showDefault = false,
        names = "--detach-delay",
        description =
            "How long an identity stays on a machine after no pod needs it any more; 0s is v1's way."
                + " Default: 2m.")
    Duration detachDelay = Duration.ofMinutes(2);

    @Flag(
        showDefault = false,
        names = "--coalescing-window",
        description =
            "How long at most changes of one machine or scale set are gathered, to become one; a"
                + " quarter of it without another one ends it. Default: 1s.")
    Duration coalescingWindow = Duration.ofSeconds(1);

    @Flag(
        names = "--refuse-cluster-identity",
        description = "Whether no pod gets the cluster's own identity; else its owner is warned.")
    boolean refuseClusterIdentity;

    @Flag(
        showDefault = false,
        names = "--startup-taint",
        description =
            "Key of a taint that is taken off a node once NMI is ready there. Default: none.")
    String startupTaint = "";

    @Flag(
        names = "--nmi-selector",
        description = "Labels of NMI's pods in MIC's namespace, for --startup-taint.")
    String nmiSelector = "component=nmi,tier=node";

    @Flag(
        names = "--allowed-subscriptions",
        description =
            "IDs, with commas, of subscriptions besides azure.json's whose machines may be changed.")
    String allowedSubscriptions = "";

    @Flag(
        names = "--max-identities-per-machine",
        description =
            "How many user-assigned identities a machine or scale set may have; what exceeds that is"
                + " refused without asking Azure.")
    int maxIdentities = 200;

    @Flag(
        showDefault = false,
        names = "--arm-call-timeout",
        description = "How long one call to Azure Resource Manager may take. Default: 5m.")
    Duration armCallTimeout = Duration.ofMinutes(5);

    @Flag(
        showDefault = false,
        names = "--arm-operation-timeout",
        description =
            "How long a change that Azure has accepted may take until it is looked at anew."
                + " Default: 15m.")
    Duration armOperationTimeout = Duration.ofMinutes(15);

    /**
     * Refuses what the command would ignore.
     *
     * @param prints whether {@code --output} is for it
     * @param bounded whether {@code --timeout} is for it
     */
    void require(boolean prints, boolean bounded) {
      if (!prints && !output.equals(TEXT)) {
        throw new PodIdentityException(
            ErrorReason.CONFIGURATION_INVALID, "--output is for mic plan, report and doctor");
      }
      if (!bounded && !timeout.equals(LONG)) {
        throw new PodIdentityException(
            ErrorReason.CONFIGURATION_INVALID, "--timeout is for mic plan, drain and doctor");
      }
    }
  }
}
