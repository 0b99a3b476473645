package io.podidentity.sandbox;

import io.podidentity.api.token.HoldPolicy;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.http.CloudAccess;
import io.podidentity.bin.LogFormat;
import io.podidentity.bin.Parts;
import io.podidentity.k8s.LeaderElection;
import io.podidentity.k8s.TypeUpgradeMarker;
import io.podidentity.mic.AssignmentOptions;
import io.podidentity.mic.Mic;
import io.podidentity.mic.MicOptions;
import io.podidentity.nmi.EntraOptions;
import io.podidentity.nmi.NmiOptions;
import io.podidentity.nmi.NodeNmi;
import io.podidentity.nmi.RulesOptions;
import io.podidentity.sandbox.Cast.NodeRole;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The programs of the product, as the sandbox runs them: in this process, each with its flags, or
 * as processes of their own.
 */
final class Stage implements AutoCloseable {
  /** v1 holds a request up to 100 s; nobody wants to wait that long to be refused. */
  static final Duration HOLD = Duration.ofSeconds(2);

  private static final String USER_AGENT = "aad-pod-identity-sandbox";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MIC_PROBE_PORT = 8087;

  private final Parts parts = new Parts();
  private final Path kubeconfig;
  private final SandboxOptions.Programs programs;
  private final Clock clock;

  Stage(Path kubeconfig, SandboxOptions.Programs programs, Clock clock) {
    this.kubeconfig = kubeconfig;
    this.programs = programs;
    this.clock = clock;
  }

  /** Starts MIC, as {@code mic --cloudconfig=… --kubeconfig=…}. */
  void startMic(Path azureJson, Path environment, Path caBundle) {
    Path program = programs.mic();
    if (program != null) {
      start(
          program,
          MIC_PROBE_PORT,
          environment,
          caBundle,
          List.of(
              "--kubeconfig=" + kubeconfig,
              "--cloudconfig=" + azureJson,
              "--http-probe-port=" + MIC_PROBE_PORT,
              "--detach-delay=0s",
              "--enable-type-upgrade=false"));
      return;
    }
    parts.add(
        Mic.start(
            new MicOptions(
                kubeconfig,
                CloudConfig.fromFile(azureJson),
                azureJson,
                environment,
                new CloudAccess(null, caBundle, List.of()),
                false,
                Duration.ofHours(1),
                new LeaderElection.Settings(
                    LeaderElection.DEFAULT_NAMESPACE,
                    LeaderElection.DEFAULT_NAME,
                    "sandbox",
                    LeaderElection.DEFAULT_DURATION,
                    true),
                new TypeUpgradeMarker.Settings(false, "", "", "", ""),
                null,
                0,
                0,
                0,
                AssignmentOptions.withoutDelay(),
                LogFormat.TEXT,
                ""),
            USER_AGENT,
            clock,
            line -> {
              throw new SandboxException("another MIC took the lease in this cluster");
            }));
  }

  /**
   * Starts the NMI of a node, as {@code nmi --node=… --nmi-port=… --redirect=none
   * --cloud=AzureStackCloud}.
   */
  void startNmi(NodeRole node, URI imds, Path environment, Path caBundle) {
    Path program = programs.nmi();
    if (program != null && node.equals(Cast.VM_NODE)) {
      start(
          program,
          node.nmiPort(),
          environment,
          caBundle,
          List.of(
              "--kubeconfig=" + kubeconfig,
              "--node=" + node.name(),
              "--nmi-listen-address=127.0.0.1",
              "--nmi-port=" + node.nmiPort(),
              "--http-probe-port=" + node.probePort(),
              "--metadata-ip=" + imds.getHost(),
              "--metadata-port=" + imds.getPort(),
              "--redirect=none",
              "--lockdown=false",
              "--enableScaleFeatures",
              "--cloud=AzureStackCloud",
              "--retry-attempts-for-created=" + HOLD.toSeconds(),
              "--retry-attempts-for-assigned=" + HOLD.toSeconds(),
              "--find-identity-retry-interval=1"));
      return;
    }
    URI entra = AzureCloud.named("AzureStackCloud", environment).activeDirectoryEndpoint();
    NmiOptions options =
        new NmiOptions(
            node.name(),
            new NmiOptions.Http("127.0.0.1", node.nmiPort(), true, false, false, true, true),
            new NmiOptions.Metadata(imds.getHost(), imds.getPort()),
            RulesOptions.NONE,
            new HoldPolicy(Duration.ofMillis(1200), HOLD, HOLD),
            new NmiOptions.Identities(false, false, true, false),
            new NmiOptions.Exempt("default", "", false),
            new EntraOptions(
                new AuthorityEndpoints(entra, Set.of()),
                false,
                new CloudAccess(null, caBundle, List.of())),
            2000,
            node.probePort(),
            0,
            null,
            kubeconfig,
            LogFormat.TEXT,
            "");
    NodeNmi nmi = parts.add(NodeNmi.of(options, USER_AGENT, clock));
    nmi.start();
    nmi.awaitSynced(PATIENCE);
  }

  private void start(Path program, int port, Path environment, Path caBundle, List<String> flags) {
    Map<String, String> variables =
        Map.of(
            "AZURE_ENVIRONMENT_FILEPATH", environment.toString(),
            "SSL_CERT_FILE", caBundle.toString());
    parts.add(ProgramProcess.start(program, flags, variables)).awaitListening(port);
  }

  @Override
  public void close() {
    parts.close();
  }
}
