package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The whole cluster, as the API server tells it, with our own writes laid over it until they come
 * back. Pods are those with the binding label, in their snapshot without addresses and without
 * other labels: nothing else alters a plan.
 */
public final class KubernetesClusterView extends MirrorBacked implements ClusterView {
  /** A watch whose other end is dead has been opened anew by then, and has told what it missed. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Callbacks nudges = new Callbacks();
  private final WrittenRecords written = new WrittenRecords();
  private final ClusterMirrors cluster;
  private final Clock clock;
  private final CatchingUp catchingUp;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /**
   * A view that has not begun.
   *
   * @param connection may list and watch all that is shown, in all namespaces; it stays the
   *     caller's to close
   * @param targets gives a node's virtual machine or scale set from its name and its {@code
   *     spec.providerID}, which may be empty; null if it cannot tell. Called on the watch's thread,
   *     and on that of {@link #targetsMayDiffer}
   * @param clock for the time of each picture
   */
  public KubernetesClusterView(
      KubernetesConnection connection,
      BiFunction<String, String, @Nullable ComputeTarget> targets,
      Clock clock) {
    this(connection.client(), new CatchingUp(connection.sockets(), PATIENCE), targets, clock);
  }

  KubernetesClusterView(
      KubernetesClient client,
      BiFunction<String, String, @Nullable ComputeTarget> targets,
      Clock clock) {
    this(client, new CatchingUp(new WatchSockets(), PATIENCE), targets, clock);
  }

  KubernetesClusterView(
      KubernetesClient client,
      CatchingUp catchingUp,
      BiFunction<String, String, @Nullable ComputeTarget> targets,
      Clock clock) {
    this.clock = clock;
    this.catchingUp = catchingUp;
    this.cluster =
        new ClusterMirrors(client, new NodeMapping(targets), this::nudge, this::recordChanged);
    var unused = cluster.all().synced().thenRun(nudges::call);
  }

  @Override
  public ClusterSnapshot snapshot() {
    if (!hasSynced()) {
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE,
          "the first lists from the Kubernetes API have not all come yet; wait, or look at the log");
    }
    // The version first: the records may be newer than it says, never older.
    String version = cluster.records().version();
    return new ClusterSnapshot(
        cluster.pods(),
        cluster.identities(),
        cluster.bindings(),
        List.copyOf(written.over(cluster.records().values(), version)),
        cluster.nodes(),
        clock.instant());
  }

  /**
   * {@inheritDoc}
   *
   * <p>It calls back when something changes that this view shows, and not when only metadata
   * changes. What is written through the store of this view need not be told to who wrote it, and
   * is as a rule not; each deletion is, since it leaves a name free.
   */
  @Override
  public Subscription onChange(Runnable nudge) {
    return nudges.subscribe(nudge);
  }

  /**
   * Completes when this view shows all that had happened when this was called, which each of its
   * watches says by an answer: one may have been dead for a while without a sign of it. Where one
   * does not answer within a minute the objects are listed, and this view has to come as far. At
   * the latest it completes after 15 minutes, when each watch has been opened anew; cancelled if
   * the view is closed before.
   */
  public CompletableFuture<Void> caughtUp() {
    CompletableFuture<Void> caughtUp = catchingUp.ask(cluster.followed());
    var unused = closed.thenRun(() -> caughtUp.cancel(false));
    return caughtUp;
  }

  @Override
  public void close() {
    super.close();
    closed.complete(null);
  }

  @Override
  ClusterFollower mirrors() {
    return cluster.all();
  }

  /**
   * What gives nodes their targets may give others from now on: asks it again for each node, and
   * calls back as after any other change.
   */
  public void targetsMayDiffer() {
    cluster.renewTargets();
    nudge();
  }

  /** The identity as it is now, whole; null if it is gone. Not to be changed. */
  @Nullable AzureIdentityResource identity(NamespacedName name) {
    return cluster.identity(name);
  }

  /** The binding as it is now, whole; null if it is gone. Not to be changed. */
  @Nullable AzureIdentityBindingResource binding(NamespacedName name) {
    return cluster.binding(name);
  }

  /** The store wrote a record. */
  void wrote(AssignedIdentity record) {
    written.wrote(cluster.shared(record));
  }

  /** The store deleted a record, or found it gone; its name is free. */
  void deleted(AssignedIdentity record) {
    written.deleted(record);
    nudge();
  }

  /** The store found a record other than this view shows it. */
  void contradicted(NamespacedName record) {
    written.forget(record);
  }

  private void recordChanged(@Nullable AssignedIdentity before, @Nullable AssignedIdentity after) {
    boolean same =
        before != null && after != null && withoutVersion(before).equals(withoutVersion(after));
    if (!same && !written.isOurs(before, after)) {
      nudge();
    }
  }

  private void nudge() {
    if (hasSynced()) {
      nudges.call();
    }
  }

  private static AssignedIdentity withoutVersion(AssignedIdentity record) {
    return record.with("", record.state(), record.provenance());
  }
}
