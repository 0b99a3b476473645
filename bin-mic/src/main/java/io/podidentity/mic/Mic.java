package io.podidentity.mic;

import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.Reconciler;
import io.podidentity.api.assignment.TargetApplier;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
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

  /**
   * A target that works, or that Azure keeps waiting, holds a thread; others wait beyond that many.
   * One that hangs takes some 150 KiB with its connection, so all of them 160 MiB, until half a
   * minute after Azure answers.
   */
  private static final int TARGETS_AT_A_TIME = 1024;

  private static final int WRITES_AT_A_TIME = 32;

  /** Enough to load what calls need and to open connections; the first run may begin meanwhile. */
  private static final int REHEARSED_CALLS = 8;

  /**
   * So long the leader's work may take to end; the lease is let go of then in any case. What is
   * under way for longer than that is one call for each thread: a write that another one's version
   * keeps out, or a change that Azure shows to be going on.
   */
  private static final Duration WORK_ENDS = Duration.ofSeconds(1);

  private static final Duration CONFIG_INTERVAL = Duration.ofSeconds(10);

  private final Parts parts = new Parts();
  private final AtomicReference<@Nullable Reconciler> reconcilers = new AtomicReference<>();
  private final AtomicReference<@Nullable LeadersView> leadersViews = new AtomicReference<>();
  private final AtomicReference<@Nullable LeaderElection> elections = new AtomicReference<>();
  private final AtomicReference<@Nullable KubernetesEvents> events = new AtomicReference<>();
  private final AtomicReference<@Nullable KubernetesClusterView> views = new AtomicReference<>();
  private final Leadership leadership;
  private volatile boolean closing;
  private final UnaryOperator<ClusterView> shown;

  private Mic(UnaryOperator<ClusterView> shown, Consumer<String> onEnd) {
    this.shown = shown;
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
    Mic mic = new Mic(shown, onEnd);
    boolean started = false;
    try {
      mic.assemble(options, userAgent, clock);
      started = true;
      return mic;
    } finally {
      if (!started) {
        mic.close();
      }
    }
  }

  /** What is added first is closed last: the lease is let go of when all work has ended. */
  private void assemble(MicOptions options, String userAgent, Clock clock) {
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
    views.set(view);
    CallRate rate = CallRate.perSecond(options.clientQps());
    KubernetesEvents told = new KubernetesEvents(kubernetes, view, pool(1, "event"), clock, rate);
    events.set(told);
    // On a connection of its own: a renewal must not wait for other calls.
    KubernetesConnection forLease =
        parts.add(KubernetesConnection.open(options.kubeconfig(), userAgent));
    LeaderOnly leaderOnly = new LeaderOnly(this::leads);
    TypeUpgradeMarker marker = new TypeUpgradeMarker(kubernetes, options.typeUpgrade(), leaderOnly);
    ExecutorService once = pool(1, "upgrade");
    LeaderElection election =
        parts.add(
            new LeaderElection(
                forLease,
                options.lease(),
                clock,
                pool(2, "lease"),
                () ->
                    leadership.lead(
                        view.synced(),
                        () -> {
                          once.execute(marker::write);
                          startTaints(kubernetes, options.startupTaint(), timer);
                        }),
                leadership::stepDown));
    elections.set(election);
    MicMetrics metrics = new MicMetrics(told);
    Telemetry telemetry = new LoggedTelemetry(metrics, clock);
    KubernetesAssignmentStore records =
        new KubernetesAssignmentStore(kubernetes, view, rate, leaderOnly);
    AssignmentStore store = new CountedStore(records, metrics.v1(), clock);
    ExecutorService writers = Threads.atMost(WRITES_AT_A_TIME, "record");
    ExecutorService workers = Threads.atMost(TARGETS_AT_A_TIME, "target");
    ExecutorService rehearses = Threads.atMost(1, "rehearsal");
    // At once: they wait for each other's work.
    parts.add(() -> Threads.end(WORK_ENDS, workers, writers, rehearses));
    ComputeIdentities compute =
        new ArmClients(cloud, options.access(), IMDS, userAgent, work.arm(), clock)
            .computeIdentities(config, subscriptions, timer, metrics, leaderOnly);
    LeadersView leadersView = new LeadersView(shown.apply(view));
    leadersViews.set(leadersView);
    AssignmentPlanner planner =
        new AssignmentPlanner(
            () ->
                work.planner(options.forceNamespaced(), config.get().userAssignedIdentityId())
                    .keepingAll(leadersView.mayBeBehind()));
    Reconciler reconciler =
        new Reconciler(
            leadersView,
            planner,
            new TargetApplier(store, compute, telemetry, writers, work.applier(), clock),
            telemetry,
            pool(1, "pass"),
            workers,
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
    Rehearsal rehearsal =
        new Rehearsal(
            view,
            planner,
            compute,
            this::leads,
            () -> records.rehearse(writers, Math.min(work.batchSize(), REHEARSED_CALLS)));
    CompletableFuture<Void> known =
        view.start()
            .whenComplete(
                (nothing, failure) -> {
                  if (failure != null) {
                    leadership.blind(failure);
                  }
                });
    var unused = known.thenRunAsync(rehearsal::run, rehearses);
    metrics.v1().election();
    election.start();
    once.execute(new ServedDefinitions(kubernetes)::warnOfOlderOnes);
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

  private void startTaints(
      KubernetesConnection kubernetes, StartupTaints.@Nullable Settings settings, Timer timer) {
    if (settings != null) {
      LeaderOnly leaderOnly = new LeaderOnly(this::leads);
      ExecutorService pool = pool(1, "taint");
      parts.add(new StartupTaints(kubernetes, settings, leaderOnly, timer, pool)).start();
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
      Reconciler reconciler = reconcilers.get();
      KubernetesClusterView view = views.get();
      LeadersView leadersView = leadersViews.get();
      if (reconciler != null && view != null && leadersView != null) {
        CompletableFuture<Void> caughtUp = view.caughtUp();
        reconciler.start();
        var unused =
            caughtUp.thenRun(
                () -> {
                  leadersView.caughtUp();
                  reconciler.nudge();
                });
      }
    }

    @Override
    public void end() {
      Reconciler reconciler = reconcilers.get();
      if (reconciler != null) {
        reconciler.close();
      }
    }
  }
}
