package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.MetadataRedirect;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.azure.imds.ImdsTokenSource;
import io.podidentity.bin.GoFlags;
import io.podidentity.bin.Logging;
import io.podidentity.bin.Parts;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.bin.Shutdown;
import io.podidentity.iptables.IptablesRedirect;
import io.podidentity.iptables.RedirectRules;
import io.podidentity.k8s.ClusterFollower;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.NodeAssignments;
import io.podidentity.k8s.NodePods;
import io.podidentity.k8s.PodExemptionInformer;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code nmi}. */
public final class NmiMain {
  private static final Logger log = LoggerFactory.getLogger(NmiMain.class);

  private static final String UNINSTALL = "uninstall";
  private static final int FAILED = 1;

  /** IMDS promises an answer within 10 s. */
  private static final Duration IMDS_TIMEOUT = Duration.ofSeconds(10);

  /** Kubernetes kills a pod 30 s after it told it to end. */
  private static final Duration STOPPING = Duration.ofSeconds(15);

  /**
   * The rules do not depend on where packets come from or go to, so that 0.0.0.0 works as in v1.
   */
  private static final String REDIRECT_TO = "127.0.0.1";

  private NmiMain() {}

  /** Runs until it is told to end. */
  public static void main(String[] args) throws InterruptedException {
    ProgramVersion version = ProgramVersion.ofThisBuild("nmi");
    boolean uninstall = args.length > 0 && args[0].equals(UNINSTALL);
    List<String> flags = List.of(args).subList(uninstall ? 1 : 0, args.length);
    NmiCommandLine commandLine = new NmiCommandLine(version, System::getenv);
    OptionalInt exit = commandLine.parse(flags, System.out, System.err);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    try {
      if (uninstall) {
        uninstall();
      } else {
        run(commandLine, version);
      }
    } catch (PodIdentityException e) {
      System.err.println("nmi: " + e.getMessage());
      boolean usage = e.reason() == ErrorReason.CONFIGURATION_INVALID;
      System.exit(usage ? GoFlags.BAD_USAGE : FAILED);
    }
  }

  private static void uninstall() {
    new IptablesRedirect(RedirectRules.DEFAULT).remove();
    log.info("metadata redirect is removed: pods of this node reach the metadata service itself");
  }

  private static void run(NmiCommandLine commandLine, ProgramVersion version)
      throws InterruptedException {
    NmiOptions options = commandLine.options();
    Logging.configure(options.logFormat());
    log.info("starting version=\"{}\" node={}", version.line(), options.node());
    sayWithoutEffect(commandLine.withoutEffect());
    if (options.kubelet() != null) {
      KubenetGuard.check(options.kubelet());
    }

    Parts parts = new Parts();
    boolean started = false;
    try {
      start(options, version.userAgent(options.customUserAgent()), parts);
      started = true;
    } finally {
      if (!started) {
        parts.close();
      }
    }
    Shutdown.install(parts, STOPPING);
    // The shutdown hook ends the process.
    new CountDownLatch(1).await();
  }

  private static void start(NmiOptions options, String userAgent, Parts parts) {
    KubernetesConnection kubernetes =
        parts.add(KubernetesConnection.open(options.kubeconfig(), userAgent));
    NodePods pods = parts.add(new NodePods(kubernetes, options.node()));
    NodeAssignments assignments =
        parts.add(new NodeAssignments(kubernetes, options.node(), options.labelledRecordsOnly()));
    PodExemptionInformer exemptions = parts.add(new PodExemptionInformer(kubernetes));
    List<ClusterFollower> followers = List.of(pods, assignments, exemptions);

    HttpClient metadataClient = HttpClients.local();
    Nmi nmi =
        parts.add(
            new Nmi(
                options,
                new Nmi.Ports(
                    pods,
                    assignments,
                    exemptions,
                    new ImdsTokenSource(
                        options.metadata().uri(), IMDS_TIMEOUT, userAgent, metadataClient),
                    () -> followers.stream().allMatch(ClusterFollower::hasSynced),
                    redirect(options),
                    metadataClient),
                Clock.systemUTC()));
    // First the redirect, then the cluster: no pod shall reach the metadata service meanwhile.
    nmi.start();
    for (ClusterFollower follower : followers) {
      var unused = follower.start();
    }
  }

  private static @Nullable MetadataRedirect redirect(NmiOptions options) {
    if (!options.redirect().iptables()) {
      return null;
    }
    NmiOptions.Metadata metadata = options.metadata();
    return new IptablesRedirect(
        new RedirectRules(metadata.ip(), metadata.port(), REDIRECT_TO, options.http().port()));
  }

  private static void sayWithoutEffect(List<String> flags) {
    if (!flags.isEmpty()) {
      log.warn("flags without effect in this version flags={}", flags);
    }
  }
}
