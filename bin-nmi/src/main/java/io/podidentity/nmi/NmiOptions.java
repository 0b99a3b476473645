package io.podidentity.nmi;

import static io.podidentity.bin.FlagChecks.require;
import static io.podidentity.bin.FlagChecks.requirePort;

import io.podidentity.api.token.HoldPolicy;
import io.podidentity.bin.LogFormat;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What NMI was told to do. Its text form is the command line of AAD Pod Identity v1; see {@link
 * NmiCommandLine}.
 *
 * @param node the name of this node; not empty
 * @param http how to serve
 * @param metadata where the instance metadata service is
 * @param rules which rules it keeps on the node
 * @param holds how long requests wait
 * @param identities how it is told which identity a pod may have
 * @param exempt which pods get the node's identities
 * @param entra how service principals get their tokens
 * @param tokenCacheSize how many tokens are kept; 0 for none; default 2000
 * @param probePort the port of the probes; 0 for any free one; default 8080
 * @param metricsPort the port of the metrics; 0 for any free one; default 9090
 * @param kubelet the check for kubenet; null to do without it
 * @param kubeconfig null for in-cluster access
 * @param logFormat default text
 * @param customUserAgent added to the user agent; default empty
 */
public record NmiOptions(
    String node,
    Http http,
    Metadata metadata,
    RulesOptions rules,
    HoldPolicy holds,
    Identities identities,
    Exempt exempt,
    EntraOptions entra,
    int tokenCacheSize,
    int probePort,
    int metricsPort,
    @Nullable Path kubelet,
    @Nullable Path kubeconfig,
    LogFormat logFormat,
    String customUserAgent) {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

  public NmiOptions {
    require(!node.isEmpty(), "--node is required: pass --node=$(NODE_NAME)");
    require(tokenCacheSize >= 0, "--token-cache-size must not be negative");
    requirePort("--http-probe-port", probePort, 0);
    requirePort("--prometheus-port", metricsPort, 0);
    require(
        !metadata.ip().equals(rules.target()), "--redirect-target must not be the --metadata-ip");
    // A rule needs to know the port before it is there.
    require(!rules.written() || http.port() > 0, "--nmi-port=0 needs --redirect=none");
  }

  /**
   * How to serve.
   *
   * @param address default 127.0.0.1
   * @param port 0 for any free one; default 2579
   * @param metadataHeaderRequired whether requests must carry {@code Metadata: true}; default true
   * @param retryAfterMissing whether a missing identity is 503 with {@code Retry-After}, not 404;
   *     default false
   * @param blockInstanceMetadata whether {@code /metadata/instance} is refused; default false
   * @param metadataGetOnly whether only GET is passed on to the metadata service; default true
   * @param hostToken whether {@code /host/token/} is served; default true
   * @param auditTokens whether each token that a pod is given is written to the audit log; default
   *     false
   */
  public record Http(
      String address,
      int port,
      boolean metadataHeaderRequired,
      boolean retryAfterMissing,
      boolean blockInstanceMetadata,
      boolean metadataGetOnly,
      boolean hostToken,
      boolean auditTokens) {
    /** Without lines in the audit log. */
    public Http(
        String address,
        int port,
        boolean metadataHeaderRequired,
        boolean retryAfterMissing,
        boolean blockInstanceMetadata,
        boolean metadataGetOnly,
        boolean hostToken) {
      this(
          address,
          port,
          metadataHeaderRequired,
          retryAfterMissing,
          blockInstanceMetadata,
          metadataGetOnly,
          hostToken,
          false);
    }

    public Http {
      require(!address.isEmpty(), "--nmi-listen-address must not be empty");
      requirePort("--nmi-port", port, 0);
    }
  }

  /**
   * How it is told which identity a pod may have.
   *
   * @param managed whether bindings are gone by, in managed mode, and not MIC's records; default
   *     false. Needs {@code forceNamespaced}
   * @param forceNamespaced whether pods get identities of their own namespace only; default false
   * @param labelledRecordsOnly whether only records labelled with this node are watched; default
   *     true
   * @param foreignClientIds whether an {@code AzureIdentity} may name the client ID of another
   *     identity than its resource ID does; default false
   */
  public record Identities(
      boolean managed,
      boolean forceNamespaced,
      boolean labelledRecordsOnly,
      boolean foreignClientIds) {
    public Identities {
      require(
          !managed || forceNamespaced,
          "--operation-mode=managed needs --forceNamespaced: managed mode works within namespaces");
    }
  }

  /**
   * Which pods get the node's identities, besides those that {@code AzurePodIdentityException}
   * objects name.
   *
   * @param micNamespace MIC's namespace; default {@code default}
   * @param micServiceAccount the service account of MIC's pods, which are exempt; empty if they are
   *     not; default {@code aad-pod-id-mic-service-account}
   * @param anyIdentity whether pods that are exempt by an object may be given identities that are
   *     on the node for other pods; default false
   */
  public record Exempt(String micNamespace, String micServiceAccount, boolean anyIdentity) {}

  /**
   * Where the instance metadata service is.
   *
   * @param ip an IPv4 address in dotted form; default 169.254.169.254
   * @param port default 80
   */
  public record Metadata(String ip, int port) {
    public Metadata {
      require(IPV4.matcher(ip).matches(), "--metadata-ip must be an IPv4 address: " + ip);
      requirePort("--metadata-port", port, 1);
    }

    /** The service's address, without a path. */
    public URI uri() {
      return URI.create("http://" + ip + ":" + port);
    }
  }
}
