package io.podidentity.mic;

import static io.podidentity.bin.FlagChecks.require;
import static io.podidentity.bin.FlagChecks.requirePort;

import io.podidentity.azure.config.CloudConfig;
import io.podidentity.bin.LogFormat;
import io.podidentity.k8s.LeaseElection;
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
 * @param customCloud the path of the custom cloud's environment file; null if there is none
 * @param caBundle certificates to trust besides the JDK's ({@code SSL_CERT_FILE}); null for none
 * @param forceNamespaced whether pod, binding and identity must share a namespace
 * @param syncInterval how long at most between two looks at the whole cluster
 * @param lease who leads, and by which lease
 * @param probePort the port of the probes; 0 for any free one
 * @param metricsPort the port of the metrics; 0 for any free one
 * @param batchSize how many records of one target are written at a time
 * @param immutable client or resource IDs that are never taken off a machine
 * @param logFormat how it logs
 * @param customUserAgent added to the user agent; may be empty
 */
public record MicOptions(
    @Nullable Path kubeconfig,
    CloudConfig cloud,
    @Nullable Path customCloud,
    @Nullable Path caBundle,
    boolean forceNamespaced,
    Duration syncInterval,
    LeaseElection.Settings lease,
    int probePort,
    int metricsPort,
    int batchSize,
    Set<String> immutable,
    LogFormat logFormat,
    String customUserAgent) {

  /**
   * Takes flags and environment together.
   *
   * @param hostName this instance's name unless a flag gives one
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a value
   *     is out of range
   */
  static MicOptions of(MicFlags flags, Map<String, String> environment, String hostName) {
    require(isPositive(flags.syncRetryDuration), "--syncRetryDuration must be positive");
    require(
        flags.leaderElectionDuration.compareTo(Duration.ofSeconds(1)) >= 0,
        "--leader-election-duration must be at least 1s");
    requirePort("--http-probe-port", flags.common.probePort(), 0);
    requirePort("--prometheus-port", flags.common.prometheusPort(), 0);
    require(flags.createDeleteBatch >= 1, "--createDeleteBatch must be at least 1");
    return new MicOptions(
        path(flags.kubeconfig),
        flags.cloudConfig.isEmpty()
            ? CloudConfig.fromEnvironment(environment)
            : CloudConfig.fromFile(Path.of(flags.cloudConfig)),
        path(environment.getOrDefault("AZURE_ENVIRONMENT_FILEPATH", "")),
        path(environment.getOrDefault("SSL_CERT_FILE", "")),
        flags.common.forceNamespaced(environment::get),
        flags.syncRetryDuration,
        new LeaseElection.Settings(
            flags.leaderElectionNamespace,
            flags.leaderElectionName,
            flags.leaderElectionInstance.isEmpty() ? hostName : flags.leaderElectionInstance,
            flags.leaderElectionDuration),
        flags.common.probePort(),
        flags.common.prometheusPort(),
        flags.createDeleteBatch,
        list(flags.immutableUserMsis),
        flags.common.logFormat(),
        flags.common.customUserAgent());
  }

  private static @Nullable Path path(String text) {
    return text.isEmpty() ? null : Path.of(text);
  }

  private static Set<String> list(String text) {
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
