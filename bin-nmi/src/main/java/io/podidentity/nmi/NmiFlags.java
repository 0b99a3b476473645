package io.podidentity.nmi;

import io.podidentity.bin.CommonFlags;
import io.podidentity.bin.Flag;
import io.podidentity.bin.FlagGroup;
import picocli.CommandLine.Command;

/**
 * The command line of AAD Pod Identity v1's NMI, flag by flag, with its defaults, and a group of
 * our own flags. What they mean is {@link NmiOptions}' business.
 */
@Command(
    name = "nmi",
    usageHelpWidth = 100,
    showDefaultValues = true,
    customSynopsis = {"nmi --node NODE [flags]", "nmi COMMAND [flags]"},
    description = {
      "Answers the token requests of this node's pods. Commands, which exit when they are done:",
      "  uninstall      removes all of NMI's rules, which otherwise outlive it, and nothing else",
      "  lockdown       keeps this node's pods from the metadata service; takes --metadata-ip, --print",
      "  rules --print  shows the rules that NMI would write with these flags, and writes none",
      "  rules --check  says what keeps these rules from being written; with --pod=NAMESPACE/NAME, or",
      "                 the file of a network namespace, sends a request from there, too, and says who",
      "                 answers",
      "  explain NAMESPACE/POD  says why that pod gets its token, or not: docs/troubleshooting.md",
      "  doctor         says what is the matter with NMI on this node; likewise",
      "Flags may be written -x or --x, and with a value --x=v or --x v; a boolean's value needs =."
    },
    optionListHeading = "%nFlags of AAD Pod Identity v1:%n",
    footer = {
      "",
      "Environment: FORCENAMESPACED=true is --forceNamespaced; KUBECONFIG is --kubeconfig;"
          + " AZURE_ENVIRONMENT_FILEPATH is a custom cloud's file; HTTPS_PROXY, NO_PROXY,"
          + " SSL_CERT_FILE and SSL_CERT_DIR are for Entra ID alone; NMI_JAVA_OPTS holds options for the JVM. klog's flags are accepted without effect."
    })
final class NmiFlags {
  @FlagGroup CommonFlags common = new CommonFlags(9090);

  @Flag(names = "--node", description = "Name of this node; required.")
  String node = "";

  @Flag(names = "--nmi-listen-address", description = "Address to listen on.")
  String listenAddress = "127.0.0.1";

  @Flag(names = "--nmi-port", description = "Port to listen on.")
  int port = 2579;

  @Flag(names = "--metadata-ip", description = "Address of the instance metadata service.")
  String metadataIp = "169.254.169.254";

  @Flag(names = "--metadata-port", description = "Port of the instance metadata service.")
  int metadataPort = 80;

  @Flag(names = "--ipt-update-interval-sec", description = "Seconds between looks at the rules.")
  int iptablesInterval = 60;

  @Flag(names = "--MICNamespace", description = "Namespace of MIC, whose own pods are exempt.")
  String micNamespace = "default";

  @Flag(
      names = "--retry-attempts-for-created",
      description = "Times --find-identity-retry-interval: how long a pod without a record waits.")
  int attemptsForCreated = 16;

  @Flag(
      names = "--retry-attempts-for-assigned",
      description = "How many intervals longer a pod with a record waits for its assignment.")
  int attemptsForAssigned = 4;

  @Flag(names = "--find-identity-retry-interval", description = "Interval in seconds.")
  int retryInterval = 5;

  @Flag(
      names = "--enableScaleFeatures",
      description = "Whether only records labelled with this node are watched. Default: true.")
  boolean enableScaleFeatures = true;

  @Flag(
      names = "--block-instance-metadata",
      description = "Whether requests for /metadata/instance are refused.")
  boolean blockInstanceMetadata;

  @Flag(
      names = "--metadata-header-required",
      description = "Whether requests must carry the header Metadata: true. Default: true.")
  boolean metadataHeaderRequired = true;

  @Flag(
      names = "--operation-mode",
      description = "standard, or managed: without MIC, by bindings; needs --forceNamespaced.")
  String operationMode = "standard";

  @Flag(
      names = "--allow-network-plugin-kubenet",
      description = "Whether to run although the kubelet uses kubenet.")
  boolean allowKubenet;

  @Flag(
      names = "--kubelet-config",
      description = "File with the kubelet's flags, searched for kubenet.")
  String kubeletConfig = "/etc/default/kubelet";

  @Flag(
      names = "--set-retry-after-header",
      description = "Whether a missing identity is answered 503 with Retry-After, not 404.")
  boolean setRetryAfterHeader;

  @Flag(
      names = "--enable-conntrack-deletion",
      description = "Whether pods' connections to the metadata service from before NMI are cut.")
  boolean enableConntrackDeletion;

  @FlagGroup(heading = "%nFurther flags for the rules on the node:%n")
  RulesFlags rules = new RulesFlags();

  @FlagGroup ExplainFlags explain = new ExplainFlags();

  @FlagGroup(heading = "%nFurther flags:%n")
  Own own = new Own();

  /** Flags that v1 does not have. */
  static final class Own {
    @Flag(
        names = "--mic-service-account",
        description = "Service account by which MIC's own pods are known; empty: they are not.")
    String micServiceAccount = "aad-pod-id-mic-service-account";

    @Flag(
        names = "--exempt-pods-get-any-identity",
        description = "Whether exempt pods get other pods' identities too, as in v1.")
    boolean exemptPodsGetAny;

    @Flag(
        names = "--accept-foreign-client-ids",
        description =
            "Whether an AzureIdentity may name the client ID of another identity than its resource"
                + " ID does, as in v1.")
    boolean acceptForeignClientIds;

    @Flag(names = "--kubeconfig", description = "Kubeconfig file; empty for in-cluster access.")
    String kubeconfig = "";

    @Flag(
        names = "--cloud",
        description =
            "Cloud of the AzureIdentities that name no adEndpoint. AzureStackCloud is the one in the"
                + " file AZURE_ENVIRONMENT_FILEPATH.")
    String cloud = "AzurePublicCloud";

    @Flag(
        names = "--entra-endpoints",
        description =
            "Entra ID endpoints that AzureIdentities may name besides the known clouds': https URLs,"
                + " with commas.")
    String entraEndpoints = "";

    @Flag(
        names = "--refuse-foreign-secrets",
        description =
            "Whether an AzureIdentity may not use a Secret of another namespace. One that is"
                + " namespaced never may.")
    boolean refuseForeignSecrets;

    @Flag(names = "--token-cache-size", description = "How many tokens are kept; 0 for none.")
    int tokenCacheSize = 2000;

    @Flag(
        names = "--metadata-get-only",
        description = "Whether only GET is passed on to the metadata service. Default: true.")
    boolean metadataGetOnly = true;

    @Flag(
        names = "--host-token",
        description = "Whether /host/token/ is served to the node itself. Default: true.")
    boolean hostToken = true;

    @Flag(
        names = "--audit-tokens",
        description =
            "Whether each token that a pod is given is a line of the audit log; none is given that"
                + " the log's queue does not accept.")
    boolean auditTokens;
  }
}
