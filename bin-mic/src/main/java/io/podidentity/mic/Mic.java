package io.podidentity.mic;

import io.podidentity.api.spi.ClusterView;
import io.podidentity.azure.arm.ArmClients;
import io.podidentity.azure.arm.NodeTargets;
import io.podidentity.azure.config.AllowedSubscriptions;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.config.CloudConfigFile;
import io.podidentity.bin.HealthServer;
import io.podidentity.bin.MetricsServer;
import io.podidentity.bin.Parts;
import io.podidentity.bin.ScheduledTimer;
import io.podidentity.k8s.CallRate;
import io.podidentity.k8s.KubernetesAssignmentStore;
import io.podidentity.k8s.KubernetesClusterView;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.KubernetesEvents;
import io.podidentity.k8s.LeaderElection;
import io.podidentity.k8s.ServedDefinitions;
import io.podidentity.k8s.StartupTaints;
import io.podidentity.k8s.TypeUpgradeMarker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A running MIC, put together from its parts. It stands by until it holds the lease, then works
 * until it is closed or loses it.
 */
public final class Mic implements AutoCloseable {
  static final URI IMDS = URI.create("http://169.254.169.254:80");

  private static final Duration CONFIG_INTERVAL = Duration.ofSeconds(10);

  private final MicOptions options;
  private final String userAgent;
  private final Clock clock;
  private final Parts parts = new Parts();
  private final ScheduledTimer timer = parts.add(new ScheduledTimer("timer"));
  private final AtomicReference<@Nullable AssignmentWork> works = new AtomicReference<>();
  private final AtomicReference<@Nullable LeaderElection> elections = new AtomicReference<>();
  private final AtomicReference<@Nullable KubernetesEvents> events = new AtomicReference<>();
  private final AtomicReference<@Nullable KubernetesClusterView> views = new AtomicReference<>();
  private final Leadership leadership;
  private volatile boolean closing;

  private Mic(MicOptions options, String userAgent, Clock clock, Consumer<String> onEnd) {
    this.options = options;
    this.userAgent = userAgent;
    this.clock = clock;
    this.leadership = new Leadership(new LeadersWork(), onEnd);
  }

  /**
   * Starts.
   *
   * @param onEnd called once, with a line for the log, if another takes the lease, or if something
   *     keeps this instance from its work for good; it has stopped working then and should end
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if something
   *     it was told cannot be used; nothing runs then
   */
  public static Mic start(
      MicOptions options, String userAgent, Clock clock, Consumer<String> onEnd) {
    return start(options, userAgent, clock, onEnd, UnaryOperator.identity());
  }

  /**
   * The same over another picture of the cluster.
   *
   * @param shown makes it of the cluster as it is; asked once
   */
  static Mic start(
      MicOptions options,
      String userAgent,
      Clock clock,
      Consumer<String> onEnd,
      UnaryOperator<ClusterView> shown) {
    Mic mic = new Mic(options, userAgent, clock, onEnd);
    boolean started = false;
    try {
      mic.assemble(shown);
      started = true;
      return mic;
    } finally {
      if (!started) {
        mic.close();
      }
    }
  }

  /** What is added first is closed last: the lease is let go of when all work has ended. */
  private void assemble(UnaryOperator<ClusterView> shown) {
    AzureCloud cloud = AzureCloud.named(options.cloud().cloud(), options.customCloud());
    Supplier<CloudConfig> config = config();
    AllowedSubscriptions subscriptions =
        new AllowedSubscriptions(config, options.assignment().subscriptions());
    ArmClients azure =
        new ArmClients(cloud, options.access(), IMDS, userAgent, options.assignment().arm(), clock);
    KubernetesConnection kubernetes =
        parts.add(KubernetesConnection.openEager(options.kubeconfig(), userAgent));
    KubernetesClusterView view =
        parts.add(
            new KubernetesClusterView(kubernetes, new NodeTargets(config, subscriptions), clock));
    views.set(view);
    CallRate rate = CallRate.perSecond(options.clientQps());
    KubernetesEvents told = new KubernetesEvents(kubernetes, view, pool("event"), clock, rate);
    events.set(told);
    MicMetrics metrics = new MicMetrics(told);
    LeaderOnly leaderOnly = new LeaderOnly(this::leads);
    ExecutorService once = pool("upgrade");
    LeaderElection election = election(kubernetes, view, leaderOnly, once);
    elections.set(election);
    AssignmentWork work =
        new AssignmentWork(
            options,
            config,
            view,
            shown.apply(view),
            new KubernetesAssignmentStore(kubernetes, view, rate, leaderOnly),
            azure.computeIdentities(config, subscriptions, timer, metrics, leaderOnly),
            metrics,
            this::leads,
            timer,
            clock,
            parts);
    works.set(work);
    serve(view, metrics);
    work.rehearse(follow(view));
    metrics.v1().election();
    election.start();
    once.execute(new ServedDefinitions(kubernetes)::warnOfOlderOnes);
  }

  /**
   * Who leads, and what a leader does besides its work. It has not begun.
   *
   * @param once where that is done which is done once
   */
  private LeaderElection election(
      KubernetesConnection kubernetes,
      KubernetesClusterView view,
      LeaderOnly leaderOnly,
      ExecutorService once) {
    TypeUpgradeMarker marker = new TypeUpgradeMarker(kubernetes, options.typeUpgrade(), leaderOnly);
    Runnable besides =
        () -> {
          once.execute(marker::write);
          startTaints(kubernetes, leaderOnly);
        };
    // On a connection of its own: a renewal must not wait for other calls.
    KubernetesConnection forLease =
        parts.add(KubernetesConnection.open(options.kubeconfig(), userAgent));
    return parts.add(
        new LeaderElection(
            forLease,
            options.lease(),
            clock,
            Threads.pool(2, "lease", parts),
            () -> leadership.lead(view.synced(), besides),
            leadership::stepDown));
  }

  /** Answers those who ask for health and for metrics. */
  private void serve(KubernetesClusterView view, MicMetrics metrics) {
    parts
        .add(
            new HealthServer(
                options.probePort(),
                this::isActive,
                () -> view.hasSynced() ? List.of() : List.of("the cluster is not known yet")))
        .start();
    metrics.observe(this::isActive, view::hasSynced);
    var unusedPort =
        parts.add(new MetricsServer(options.metricsPort(), metrics.registry())).start();
  }

  /** Begins to follow the cluster; gives what completes when it is known. */
  private CompletableFuture<Void> follow(KubernetesClusterView view) {
    return view.start()
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                leadership.blind(failure);
              }
            });
  }

  /** Whether it holds the lease and works. */
  public boolean isActive() {
    return leadership.isActive() && leads();
  }

  /** One that stops leads no longer: it begins no write, though it holds the lease for a moment. */
  private boolean leads() {
    LeaderElection election = elections.get();
    return election != null && election.isLeader() && !closing;
  }

  /** Stops, and lets go of the lease, so that another may follow at once. */
  @Override
  public void close() {
    closing = true;
    leadership.close();
    parts.close();
  }

  private void startTaints(KubernetesConnection kubernetes, LeaderOnly leaderOnly) {
    StartupTaints.Settings settings = options.startupTaint();
    if (settings != null) {
      parts.add(new StartupTaints(kubernetes, settings, leaderOnly, timer, pool("taint"))).start();
    }
  }

  private ExecutorService pool(String name) {
    return Threads.pool(1, name, parts);
  }

  /** From a file it is read again from time to time. */
  private Supplier<CloudConfig> config() {
    Path file = options.cloudFile();
    return file == null
        ? options::cloud
        : parts.add(new CloudConfigFile(file, timer, CONFIG_INTERVAL, this::configChanged));
  }

  /** Which machines are ours, and which identity is the cluster's own, is said there. */
  private void configChanged() {
    KubernetesClusterView view = views.get();
    if (view != null) {
      view.targetsMayDiffer();
    }
  }

  private final class LeadersWork implements Leadership.Work {
    @Override
    public void tell(boolean leads) {
      LeaderElection election = elections.get();
      KubernetesEvents told = events.get();
      if (election != null && told != null) {
        told.leads(election, leads);
      }
    }

    @Override
    public void begin() {
      AssignmentWork work = works.get();
      if (work != null) {
        work.begin();
      }
    }

    @Override
    public void end() {
      AssignmentWork work = works.get();
      if (work != null) {
        work.end();
      }
    }
  }
}
