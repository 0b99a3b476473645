package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.spi.IdentityDirectory;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.OperationMode;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.bin.Daemons;
import io.podidentity.bin.Parts;
import io.podidentity.bin.http.HttpListener;
import io.podidentity.k8s.ClusterBindings;
import io.podidentity.k8s.ClusterFollower;
import io.podidentity.k8s.ClusterIdentities;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.LiveReplicaSets;
import io.podidentity.k8s.NodeAssignments;
import io.podidentity.k8s.NodePods;
import io.podidentity.k8s.OwnDaemonSet;
import io.podidentity.k8s.PodExemptionInformer;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The NMI of a node of a cluster: an {@link Nmi} over Kubernetes, IMDS and iptables. Thread-safe.
 */
public final class NodeNmi implements AutoCloseable {
  private static final ThreadFactory THREADS = Daemons.named("start");
  private static final Executor BESIDE = task -> THREADS.newThread(task).start();

  private final Parts parts;
  private final List<ClusterFollower> followers;
  private final Nmi nmi;
  private final @Nullable NodePins pins;
  private final @Nullable OwnDaemonSet watched;
  private final @Nullable OwnRules rules;
  private final @Nullable RulesAtExit atExit;

  private NodeNmi(
      Parts parts,
      List<ClusterFollower> followers,
      Nmi nmi,
      @Nullable NodePins pins,
      @Nullable OwnDaemonSet watched,
      @Nullable OwnRules rules,
      @Nullable RulesAtExit atExit) {
    this.parts = parts;
    this.followers = followers;
    this.nmi = nmi;
    this.pins = pins;
    this.watched = watched;
    this.rules = rules;
    this.atExit = atExit;
  }

  /**
   * Begins to load what takes most of the time of a start, beside whatever else it does; nothing
   * listens or calls yet. Not needed, and of no use twice.
   */
  static void load() {
    // What fails here fails again where it is needed, and is told there.
    var unusedTls = CompletableFuture.runAsync(KubernetesConnection::load, BESIDE);
    var unusedHttp = CompletableFuture.runAsync(HttpListener::load, BESIDE);
  }

  /**
   * An NMI that does not listen yet; pods are kept from the metadata service already.
   *
   * @param userAgent of all calls
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if something
   *     it was told cannot be used; nothing runs then
   */
  public static NodeNmi of(NmiOptions options, String userAgent, Clock clock) {
    Parts parts = new Parts();
    boolean made = false;
    try {
      NodeNmi nmi = assemble(options, userAgent, clock, parts);
      made = true;
      return nmi;
    } finally {
      if (!made) {
        parts.close();
      }
    }
  }

  /**
   * Starts, as {@link Nmi#start} does; it may not know the cluster yet. While it waits for a port
   * of another NMI it keeps the rules and follows the cluster: it may be closed meanwhile, and has
   * to know then whether all of NMI was deleted.
   *
   * @return where it listens for pods
   * @throws io.podidentity.api.PodIdentityException as {@link Nmi#start}
   */
  public InetSocketAddress start() {
    // First the rules, then the cluster: no pod shall reach the metadata service meanwhile.
    InetSocketAddress address = nmi.start(this::follow);
    if (rules != null) {
      rules.nodeIsOurs();
    }
    return address;
  }

  private void follow() {
    if (pins != null) {
      pins.start();
    }
    for (ClusterFollower follower : followers) {
      var unused = follower.start();
    }
    if (watched != null) {
      watched.start();
    }
  }

  private static NodeNmi assemble(NmiOptions options, String userAgent, Clock clock, Parts parts) {
    // Beside the programs that write the rules.
    CompletableFuture<KubernetesConnection> opening =
        CompletableFuture.supplyAsync(
            () -> KubernetesConnection.open(options.kubeconfig(), userAgent), BESIDE);
    parts.add(
        () -> {
          var unusedClosed = opening.thenAccept(KubernetesConnection::close);
        });
    @Nullable OwnRules rules = options.rules().written() ? OwnRules.of(options) : null;
    if (rules != null) {
      // Before there is anything to remove; given back last of all.
      parts.add(NodeShare.take(rules::begin));
      rules.begin();
    }
    KubernetesConnection kubernetes = join(opening);
    Followed followed = new Followed(parts);
    NodePods pods = followed.add("pods", new NodePods(kubernetes, options.node()));
    OperationMode mode = mode(options, kubernetes, followed);
    Exemptions exemptions = exemptions(options.exempt(), kubernetes, followed);
    List<ClusterFollower> followers = List.copyOf(followed.all.values());
    NmiMetrics metrics = new NmiMetrics();

    if (rules != null) {
      metrics.observeRouteLocalnet(rules::interfacesWithoutRouteLocalnet);
    }
    boolean pinned = rules != null && options.rules().pinning() != SourcePinning.OFF;
    @Nullable NodePins pins =
        pinned ? parts.add(new NodePins(options, kubernetes, pods, metrics, clock)) : null;
    HttpClient metadataClient = HttpClients.local();
    Nmi nmi =
        parts.add(
            new Nmi(
                options,
                new Nmi.Ports(
                    pods,
                    mode,
                    exemptions,
                    Issuers.of(options, kubernetes, userAgent, metadataClient, metrics, clock),
                    followed.synced(),
                    rules == null ? null : rules.kept(),
                    metrics,
                    pins == null ? SourceGate.OPEN : pins.gate(),
                    metadataClient),
                clock));
    OwnDaemonSet daemonSet = parts.add(new OwnDaemonSet(kubernetes, pods));
    OnExit onExit = options.rules().onExit();
    return new NodeNmi(
        parts,
        followers,
        nmi,
        pins,
        onExit == OnExit.AUTO && rules != null ? daemonSet : null,
        rules,
        rules == null ? null : new RulesAtExit(onExit, daemonSet::isDeleted, rules.all()));
  }

  /**
   * Waits until it knows the cluster.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} if it does not
   *     by then
   */
  public void awaitSynced(Duration atMost) {
    followers.forEach(follower -> follower.awaitSynced(atMost));
  }

  /** Stops as {@link Nmi#close} does. The rules stay or go, as the options say. */
  @Override
  public void close() {
    @Nullable RulesAtExit leaving = atExit != null && atExit.areToBeRemoved() ? atExit : null;
    parts.close();
    if (leaving != null) {
      leaving.remove();
    }
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof PodIdentityException known ? known : e;
    }
  }

  private static OperationMode mode(
      NmiOptions options, KubernetesConnection kubernetes, Followed followed) {
    NmiOptions.Identities how = options.identities();
    if (how.managed()) {
      return OperationMode.managed(
          followed.add("azureidentitybindings", new ClusterBindings(kubernetes)));
    }
    NodeAssignments records =
        followed.add(
            "azureassignedidentities",
            new NodeAssignments(kubernetes, options.node(), how.labelledRecordsOnly()));
    // Where exempt pods get any identity, nobody asks for these.
    IdentityDirectory identities =
        options.exempt().anyIdentity()
            ? Set::of
            : followed.add("azureidentities", new ClusterIdentities(kubernetes));
    return OperationMode.standard(records, identities, how.forceNamespaced());
  }

  private static Exemptions exemptions(
      NmiOptions.Exempt who, KubernetesConnection kubernetes, Followed followed) {
    return new Exemptions(
        followed.add("azurepodidentityexceptions", new PodExemptionInformer(kubernetes)),
        new Exemptions.Mic(
            new MicPods(who.micNamespace(), who.micServiceAccount()),
            followed.parts.add(new LiveReplicaSets(kubernetes))),
        who.anyIdentity());
  }

  /** What follows the cluster, to be started together and closed with the other parts. */
  private static final class Followed {
    final Map<String, ClusterFollower> all = new LinkedHashMap<>();
    private final Parts parts;

    Followed(Parts parts) {
      this.parts = parts;
    }

    <T extends ClusterFollower> T add(String resource, T follower) {
      all.put(resource, follower);
      return parts.add(follower);
    }

    Map<String, BooleanSupplier> synced() {
      Map<String, BooleanSupplier> synced = new LinkedHashMap<>();
      all.forEach((resource, follower) -> synced.put(resource, follower::hasSynced));
      return synced;
    }
  }
}
