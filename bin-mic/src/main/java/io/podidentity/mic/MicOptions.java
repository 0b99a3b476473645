package io.podidentity.mic;

import static io.podidentity.bin.FlagChecks.require;
import static io.podidentity.bin.FlagChecks.requirePort;

import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.http.CloudAccess;
import io.podidentity.bin.LogFormat;
import io.podidentity.k8s.LeaderElection;
import io.podidentity.k8s.StartupTaints;
import io.podidentity.k8s.TypeUpgradeMarker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What MIC is told at its start.
 *
 * @param kubeconfig null for the service account of the pod it runs in
 * @param cloud who the cluster is in Azure
 * @param cloudFile the file that says so, which may change; null if none does
 * @param customCloud the path of the custom cloud's environment file; null if there is none
 * @param access how Azure is reached: proxy and certificates
 * @param forceNamespaced whether pod, binding and identity must share a namespace
 * @param syncInterval how long at most between two looks at the whole cluster
 * @param lease who leads, and by which lease
 * @param typeUpgrade where it is marked that no objects have to be rewritten
 * @param startupTaint which taint is taken off where NMI is ready; null for none
 * @param clientQps how many records and events are written a second; 0 for any number
 * @param probePort the port of the probes; 0 for any free one
 * @param metricsPort the port of the metrics; 0 for any free one
 * @param assignment how identities are put on machines and taken off
 * @param logFormat how it logs
 * @param customUserAgent added to the user agent; may be empty
 */
public record MicOptions(
    @Nullable Path kubeconfig,
    CloudConfig cloud,
    @Nullable Path cloudFile,
    @Nullable Path customCloud,
    CloudAccess access,
    boolean forceNamespaced,
    Duration syncInterval,
    LeaderElection.Settings lease,
    TypeUpgradeMarker.Settings typeUpgrade,
    StartupTaints.@Nullable Settings startupTaint,
    double clientQps,
    int probePort,
    int metricsPort,
    AssignmentOptions assignment,
    LogFormat logFormat,
    String customUserAgent) {

  /** Where v1's manifests put MIC. */
  private static final String DEFAULT_NAMESPACE = "default";

  /**
   * Takes flags and environment together.
   *
   * @param hostName this instance's name unless a flag gives one
   * @param version this program's
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a value
   *     is out of range
   */
  static MicOptions of(
      MicFlags flags, Map<String, String> environment, String hostName, String version) {
    require(isPositive(flags.syncRetryDuration), "--syncRetryDuration must be positive");
    require(
        flags.leaderElectionDuration.compareTo(Duration.ofSeconds(1)) >= 0,
        "--leader-election-duration must be at least 1s");
    requirePort("--http-probe-port", flags.common.probePort(), 0);
    requirePort("--prometheus-port", flags.common.prometheusPort(), 0);
    require(flags.clientQps >= 0, "--clientQps must not be negative");
    require(flags.createDeleteBatch >= 1, "--createDeleteBatch must be at least 1");
    require(
        !flags.identityAssignmentReconcileInterval.isNegative(),
        "--identity-assignment-reconcile-interval must not be negative");
    require(isPositive(flags.own.timeout), "--timeout must be positive");
    require(!flags.own.detachDelay.isNegative(), "--detach-delay must not be negative");
    require(!flags.own.coalescingWindow.isNegative(), "--coalescing-window must not be negative");
    require(flags.own.maxIdentities >= 1, "--max-identities-per-machine must be at least 1");
    require(isPositive(flags.own.armCallTimeout), "--arm-call-timeout must be positive");
    require(isPositive(flags.own.armOperationTimeout), "--arm-operation-timeout must be positive");
    return new MicOptions(
        path(flags.kubeconfig),
        flags.cloudConfig.isEmpty()
            ? CloudConfig.fromEnvironment(environment)
            : CloudConfig.fromFile(Path.of(flags.cloudConfig)),
        path(flags.cloudConfig),
        path(environment.getOrDefault("AZURE_ENVIRONMENT_FILEPATH", "")),
        CloudAccess.fromEnvironment(environment::get),
        flags.common.forceNamespaced(environment::get),
        flags.syncRetryDuration,
        new LeaderElection.Settings(
            flags.leaderElectionNamespace,
            flags.leaderElectionName,
            flags.leaderElectionInstance.isEmpty() ? hostName : flags.leaderElectionInstance,
            flags.leaderElectionDuration,
            flags.own.leaderElectionEndpoints),
        new TypeUpgradeMarker.Settings(
            flags.enableTypeUpgrade,
            namespace(environment),
            flags.configMapName,
            flags.typeUpgradeStatusKey,
            version),
        startupTaint(flags, environment),
        flags.clientQps,
        flags.common.probePort(),
        flags.common.prometheusPort(),
        AssignmentOptions.of(flags),
        flags.common.logFormat(),
        flags.common.customUserAgent());
  }

  private static String namespace(Map<String, String> environment) {
    return environment.getOrDefault("MIC_POD_NAMESPACE", DEFAULT_NAMESPACE);
  }

  private static StartupTaints.@Nullable Settings startupTaint(
      MicFlags flags, Map<String, String> environment) {
    if (flags.own.startupTaint.isEmpty()) {
      return null;
    }
    require(!flags.own.nmiSelector.isBlank(), "--nmi-selector must not be empty");
    return new StartupTaints.Settings(
        flags.own.startupTaint, namespace(environment), flags.own.nmiSelector);
  }

  private static @Nullable Path path(String text) {
    return text.isEmpty() ? null : Path.of(text);
  }

  static Set<String> list(String text) {
    List<String> parts = Arrays.asList(text.split(",", -1));
    return parts.stream()
        .map(String::trim)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }
}
