package io.podidentity.mic;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
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
 * @param probePort the port of the probes
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
    int batchSize,
    Set<String> immutable,
    LogFormat logFormat,
    String customUserAgent) {

  /**
   * Takes flags and environment together.
   *
   * @param hostName this instance's name unless a flag gives one
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if a value is out of range
   */
  static MicOptions of(MicFlags flags, Map<String, String> environment, String hostName) {
    require(isPositive(flags.syncRetryDuration), "syncRetryDuration", "a positive duration");
    require(
        flags.leaderElectionDuration.compareTo(Duration.ofSeconds(1)) >= 0,
        "leader-election-duration",
        "at least 1s");
    require(
        flags.httpProbePort >= 0 && flags.httpProbePort <= 65535,
        "http-probe-port",
        "a port from 0 to 65535");
    require(flags.createDeleteBatch >= 1, "createDeleteBatch", "at least 1");
    return new MicOptions(
        path(flags.kubeconfig),
        flags.cloudConfig.isEmpty()
            ? CloudConfig.fromEnvironment(environment)
            : CloudConfig.fromFile(Path.of(flags.cloudConfig)),
        path(environment.getOrDefault("AZURE_ENVIRONMENT_FILEPATH", "")),
        path(environment.getOrDefault("SSL_CERT_FILE", "")),
        // v1 takes exactly this spelling from the environment.
        flags.forceNamespaced || "true".equals(environment.get("FORCENAMESPACED")),
        flags.syncRetryDuration,
        new LeaseElection.Settings(
            flags.leaderElectionNamespace,
            flags.leaderElectionName,
            flags.leaderElectionInstance.isEmpty() ? hostName : flags.leaderElectionInstance,
            flags.leaderElectionDuration),
        flags.httpProbePort,
        flags.createDeleteBatch,
        list(flags.immutableUserMsis),
        logFormat(flags.logFormat),
        flags.customUserAgent);
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

  private static LogFormat logFormat(String text) {
    try {
      return LogFormat.parse(text);
    } catch (IllegalArgumentException e) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID, "flag --log-format: " + e.getMessage(), e);
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean holds, String flag, String expected) {
    if (!holds) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID, "flag --" + flag + " must be " + expected);
    }
  }
}
