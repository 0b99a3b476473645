package io.podidentity.nmi;

import static io.podidentity.bin.FlagChecks.require;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Situation;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.bin.GoFlags;
import io.podidentity.bin.LogFormat;
import io.podidentity.bin.OutputFormat;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.iptables.IptablesBackend;
import io.podidentity.k8s.KubernetesConnection;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads NMI's command line and environment. */
public final class NmiCommandLine {
  private final NmiFlags flags = new NmiFlags();
  private final GoFlags parser;
  private final UnaryOperator<@Nullable String> environment;

  /**
   * A command line that is not read yet.
   *
   * @param environment a variable's value, or null
   */
  public NmiCommandLine(ProgramVersion version, UnaryOperator<@Nullable String> environment) {
    this.parser = new GoFlags(flags, version);
    this.environment = environment;
  }

  /**
   * Reads the arguments.
   *
   * @return the code to exit with at once; empty to go on with {@link #options()}
   */
  public OptionalInt parse(List<String> args, PrintStream out, PrintStream err) {
    return parser.parse(args, out, err);
  }

  /**
   * Refuses flags of other commands, which this one would ignore.
   *
   * @param command empty for none, which is to run
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if there are any
   */
  void requireFlagsOf(String command) {
    CommandFlags.require(command, parser.given());
  }

  /**
   * What the arguments and the environment say.
   *
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if a value cannot be
   */
  public NmiOptions options() {
    return new NmiOptions(
        flags.node,
        new NmiOptions.Http(
            flags.listenAddress,
            flags.port,
            flags.metadataHeaderRequired,
            flags.setRetryAfterHeader,
            flags.blockInstanceMetadata,
            flags.own.metadataGetOnly,
            flags.own.hostToken,
            flags.own.auditTokens),
        metadata(),
        rules(),
        holds(),
        new NmiOptions.Identities(
            managed(),
            flags.common.forceNamespaced(environment),
            flags.enableScaleFeatures,
            flags.own.acceptForeignClientIds),
        new NmiOptions.Exempt(
            flags.micNamespace, flags.own.micServiceAccount, flags.own.exemptPodsGetAny),
        EntraOptions.of(flags.own, environment),
        flags.own.tokenCacheSize,
        flags.common.probePort(),
        flags.common.prometheusPort(),
        flags.allowKubenet ? null : Path.of(flags.kubeletConfig),
        kubeconfig(),
        logFormat(),
        flags.common.customUserAgent());
  }

  /**
   * The rules that the arguments ask for; that needs no node's name.
   *
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if a value cannot be
   */
  OwnRules ownRules() {
    return OwnRules.of(rules(), metadata(), flags.port);
  }

  /** Whether the rules are to be tried. */
  boolean checksRules() {
    return flags.rules.check;
  }

  /**
   * What tries them.
   *
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if a value cannot be
   */
  RulesCheck rulesCheck() {
    return new RulesCheck(ownRules(), metadata(), flags.rules.pod);
  }

  /**
   * What explains a pod's requests. On a node ({@code --node}, or {@code NODE_NAME} in a pod) it
   * looks at that too.
   *
   * @param pod as {@code NAMESPACE/POD}
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if a value cannot be
   */
  ExplainCommand explain(String pod) {
    ExplainFlags what = flags.explain;
    boolean managed = managed();
    boolean forceNamespaced = managed || flags.common.forceNamespaced(environment);
    if (flags.node.isEmpty()) {
      flags.node = variable("NODE_NAME");
    }
    return new ExplainCommand(
        new Situation.Request(
            ExplainCommand.podNamed(pod),
            new IdentityChoice(
                what.clientId.isEmpty() ? null : new ClientId(what.clientId),
                what.resourceId.isEmpty() ? null : what.resourceId),
            what.resource),
        new Situation.Options(
            managed,
            forceNamespaced,
            flags.enableScaleFeatures,
            flags.own.exemptPodsGetAny,
            micPods()),
        kubeconfig(),
        new NamespacedName(what.leaseNamespace, what.leaseName),
        what.subscriptions(),
        flags.node,
        new NodeProbe(rulesCheck(), rules().written(), pinning(), what.netns),
        (kubernetes, userAgent) -> issuers(kubernetes, userAgent),
        OutputFormat.named(what.output));
  }

  /**
   * What looks for what is the matter with NMI on this node.
   *
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if a value cannot be
   */
  DoctorCommand doctor() {
    return new DoctorCommand(
        rulesCheck(),
        rules().written(),
        metadata(),
        flags.common.probePort(),
        managed(),
        micPods(),
        kubeconfig(),
        OutputFormat.named(flags.explain.output));
  }

  private MicPods micPods() {
    return new MicPods(flags.micNamespace, flags.own.micServiceAccount);
  }

  private TokenSource issuers(KubernetesConnection kubernetes, String userAgent) {
    return Issuers.of(
        options(), kubernetes, userAgent, HttpClients.local(), new NmiMetrics(), Clock.systemUTC());
  }

  private @Nullable Path kubeconfig() {
    String file = flags.own.kubeconfig.isEmpty() ? variable("KUBECONFIG") : flags.own.kubeconfig;
    return file.isEmpty() ? null : Path.of(file);
  }

  /** How to log; that needs no node's name either. */
  LogFormat logFormat() {
    return flags.common.logFormat();
  }

  private NmiOptions.Metadata metadata() {
    return new NmiOptions.Metadata(flags.metadataIp, flags.metadataPort);
  }

  /** The flags that were given and have no effect. */
  List<String> withoutEffect() {
    return parser.withoutEffect();
  }

  /** Names them in one line of the log, if there are any. */
  public void logWithoutEffect() {
    parser.logWithoutEffect();
  }

  private boolean managed() {
    return switch (flags.operationMode.toLowerCase(Locale.ROOT)) {
      case "managed" -> true;
      case "standard" -> false;
      default ->
          throw invalid("--operation-mode must be standard or managed: " + flags.operationMode);
    };
  }

  private RulesOptions rules() {
    return new RulesOptions(
        redirect(),
        backend(),
        flags.rules.lockdown,
        flags.enableConntrackDeletion,
        onExit(),
        flags.rules.target.isEmpty() ? null : flags.rules.target,
        pinning(),
        Duration.ofSeconds(flags.iptablesInterval));
  }

  private OnExit onExit() {
    return switch (flags.rules.onExit) {
      case "auto" -> OnExit.AUTO;
      case "keep" -> OnExit.KEEP;
      case "remove" -> OnExit.REMOVE;
      default -> throw invalid("--on-exit must be auto, keep or remove: " + flags.rules.onExit);
    };
  }

  private SourcePinning pinning() {
    return switch (flags.rules.pinning) {
      case "auto" -> SourcePinning.AUTO;
      case "off" -> SourcePinning.OFF;
      case "enforce" -> SourcePinning.ENFORCE;
      default ->
          throw invalid("--source-pinning must be auto, off or enforce: " + flags.rules.pinning);
    };
  }

  private @Nullable IptablesBackend backend() {
    return switch (flags.rules.backend) {
      case "auto" -> null;
      case "nft" -> IptablesBackend.NFT;
      case "legacy" -> IptablesBackend.LEGACY;
      default ->
          throw invalid("--iptables-backend must be auto, nft or legacy: " + flags.rules.backend);
    };
  }

  private boolean redirect() {
    return switch (flags.rules.redirect) {
      case "iptables" -> true;
      case "none" -> false;
      default -> throw invalid("--redirect must be iptables or none: " + flags.rules.redirect);
    };
  }

  /** v1 looks so many times, so far apart; here the same spans are upper bounds. */
  private HoldPolicy holds() {
    require(flags.attemptsForCreated >= 0, "--retry-attempts-for-created must not be negative");
    require(flags.attemptsForAssigned >= 0, "--retry-attempts-for-assigned must not be negative");
    require(flags.retryInterval >= 0, "--find-identity-retry-interval must not be negative");
    // Not multipliedBy, which loads BigDecimal: its tables are 14 ms of the start in newer JDKs.
    long interval = flags.retryInterval;
    Duration recorded = Duration.ofSeconds(interval * flags.attemptsForCreated);
    Duration assigned = recorded.plusSeconds(interval * flags.attemptsForAssigned);
    return new HoldPolicy(HoldPolicy.DEFAULT.untilPodIsKnown(), recorded, assigned);
  }

  private String variable(String name) {
    String value = environment.apply(name);
    return value == null ? "" : value;
  }

  private static PodIdentityException invalid(String message) {
    return new PodIdentityException(ErrorReason.CONFIGURATION_INVALID, message);
  }
}
