package io.podidentity.mic;

import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.Reconciler;
import io.podidentity.api.assignment.TargetApplier;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running MIC, put together from its parts. It stands by until it holds the lease, then works
 * until it is closed or loses it.
 */
public final class Mic implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Mic.class);

  static final URI IMDS = URI.create("http://169.254.169.254:80");

  /** A target that works, or that Azure keeps waiting, holds one; others wait beyond that many. */
  private static final int TARGETS_AT_A_TIME = 256;

  private static final int WRITES_AT_A_TIME = 32;

  /** By then it leads, if no other does. */
  private static final int SETTLED_SECONDS = 2;

  private static final Duration CONFIG_INTERVAL = Duration.ofSeconds(10);

  private final Parts parts = new Parts();
  private final AtomicReference<@Nullable Reconciler> reconcilers = new AtomicReference<>();
  private final AtomicReference<@Nullable LeaderElection> elections = new AtomicReference<>();
  private final UnaryOperator<ClusterView> shown;
  private volatile boolean active;

  private Mic(UnaryOperator<ClusterView> shown) {
    this.shown = shown;
  }

  /**
   * Starts.
   *
   * @param onLeaseLost called once if another takes the lease; this instance has stopped working
   *     then and should end
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if something
   *     it was told cannot be used; nothing runs then
   */
  public static Mic start(MicOptions options, String userAgent, Clock clock, Runnable onLeaseLost) {
    return start(options, userAgent, clock, onLeaseLost, UnaryOperator.identity());
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
      Runnable onLeaseLost,
      UnaryOperator<ClusterView> shown) {
    Mic mic = new Mic(shown);
    boolean started = false;
    try {
      mic.assemble(options, userAgent, clock, onLeaseLost);
      started = true;
      return mic;
    } finally {
      if (!started) {
        mic.close();
      }
    }
  }

  /** What is added first is closed last: the lease is let go of when all work has ended. */
  private void assemble(MicOptions options, String userAgent, Clock clock, Runnable onLeaseLost) {
    AzureCloud cloud = AzureCloud.named(options.cloud().cloud(), options.customCloud());
    ScheduledTimer timer = parts.add(new ScheduledTimer("timer"));
    Supplier<CloudConfig> config = config(options, timer);
    AssignmentOptions work = options.assignment();
    AllowedSubscriptions subscriptions = new AllowedSubscriptions(config, work.subscriptions());
    KubernetesConnection kubernetes =
        parts.add(KubernetesConnection.openEager(options.kubeconfig(), userAgent));
    KubernetesClusterView view =
        parts.add(
            new KubernetesClusterView(kubernetes, new NodeTargets(config, subscriptions), clock));
    CallRate rate = CallRate.perSecond(options.clientQps());
    KubernetesEvents events = new KubernetesEvents(kubernetes, view, pool(1, "event"), clock, rate);
    // On a connection of its own: a renewal must not wait for other calls.
    KubernetesConnection forLease =
        parts.add(KubernetesConnection.open(options.kubeconfig(), userAgent));
    TypeUpgradeMarker marker = new TypeUpgradeMarker(kubernetes, options.typeUpgrade());
    ExecutorService once = pool(1, "upgrade");
    LeaderElection election =
        parts.add(
            new LeaderElection(
                forLease,
                options.lease(),
                clock,
                pool(2, "lease"),
                () ->
                    lead(
                        view,
                        events,
                        () -> {
                          once.execute(marker::write);
                          startTaints(kubernetes, options.startupTaint());
                        }),
                () -> stepDown(onLeaseLost, events)));
    elections.set(election);
    MicMetrics metrics = new MicMetrics(events);
    Telemetry telemetry = new LoggedTelemetry(metrics, clock);
    LeaderOnly leaderOnly = new LeaderOnly(this::leads);
    AssignmentStore store =
        new CountedStore(
            new KubernetesAssignmentStore(kubernetes, view, rate, leaderOnly), metrics.v1(), clock);
    ComputeIdentities compute =
        ArmClients.computeIdentities(
            config,
            subscriptions,
            cloud,
            options.access(),
            IMDS,
            userAgent,
            work.arm(),
            clock,
            timer,
            metrics,
            leaderOnly);
    AssignmentPlanner planner =
        new AssignmentPlanner(
            () -> work.planner(options.forceNamespaced(), config.get().userAssignedIdentityId()));
    Reconciler reconciler =
        new Reconciler(
            shown.apply(view),
            planner,
            new TargetApplier(
                store, compute, telemetry, pool(WRITES_AT_A_TIME, "record"), work.applier(), clock),
            telemetry,
            pool(TARGETS_AT_A_TIME, "target"),
            timer,
            work.pace(options.syncInterval()));
    parts.add(reconciler);
    reconcilers.set(reconciler);
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
    Rehearsal rehearsal = new Rehearsal(view, planner, compute);
    var unused =
        view.start()
            .thenRunAsync(
                () -> standBy(election, rehearsal),
                CompletableFuture.delayedExecutor(SETTLED_SECONDS, TimeUnit.SECONDS, once));
    metrics.v1().election();
    election.start();
    once.execute(new ServedDefinitions(kubernetes)::warnOfOlderOnes);
  }

  /** Whether it holds the lease and works. */
  public boolean isActive() {
    return active && leads();
  }

  private boolean leads() {
    LeaderElection election = elections.get();
    return election != null && election.isLeader();
  }

  /** Stops, and lets go of the lease, so that another may follow at once. */
  @Override
  public void close() {
    active = false;
    parts.close();
  }

  private void lead(KubernetesClusterView view, KubernetesEvents events, Runnable atFirst) {
    log.info("leading");
    tell(events, true);
    atFirst.run();
    var unused = view.synced().thenRun(this::begin);
  }

  private void startTaints(
      KubernetesConnection kubernetes, StartupTaints.@Nullable Settings settings) {
    if (settings != null) {
      LeaderOnly leaderOnly = new LeaderOnly(this::leads);
      parts.add(new StartupTaints(kubernetes, settings, leaderOnly, pool(1, "taint"))).start();
    }
  }

  private static void standBy(LeaderElection election, Rehearsal rehearsal) {
    if (!election.isLeader()) {
      rehearsal.run();
    }
  }

  private void begin() {
    Reconciler reconciler = reconcilers.get();
    if (reconciler != null) {
      reconciler.start();
      active = true;
    }
  }

  private void stepDown(Runnable onLeaseLost, KubernetesEvents events) {
    active = false;
    tell(events, false);
    Reconciler reconciler = reconcilers.get();
    if (reconciler != null) {
      reconciler.close();
    }
    onLeaseLost.run();
  }

  private void tell(KubernetesEvents events, boolean leads) {
    LeaderElection election = elections.get();
    if (election != null) {
      events.leads(election, leads);
    }
  }

  private ExecutorService pool(int threads, String name) {
    ExecutorService pool = Threads.atMost(threads, name);
    parts.add(() -> Threads.end(pool));
    return pool;
  }

  /** From a file it is read again from time to time. */
  private Supplier<CloudConfig> config(MicOptions options, ScheduledTimer timer) {
    Path file = options.cloudFile();
    return file == null
        ? options::cloud
        : parts.add(new CloudConfigFile(file, timer, CONFIG_INTERVAL));
  }
}
