package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DaemonSet that this process's pod belongs to, and whether it was deleted. It is watched from
 * the start, because its deletion often takes the right to ask along in the same breath; a watch
 * that is open goes on. The pod is the one that the service account's token is bound to. Whatever
 * is in doubt counts as not deleted. Thread-safe.
 */
public final class OwnDaemonSet implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OwnDaemonSet.class);

  private static final Mirror.Kind<DaemonSetResource> KIND =
      new Mirror.Kind<>("daemonsets", DaemonSetResource::new);
  private static final String ORPHAN = "orphan";

  private final KubernetesClient client;
  private final NodePods pods;
  private final Path token;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;
  private boolean deleted;
  private @Nullable Mirror<DaemonSetResource, State> mirror;

  /** What counts of it. */
  private record State(boolean terminating, boolean leavesPods) {}

  /**
   * Nothing is asked until {@link #start()}.
   *
   * @param connection may list and watch {@code daemonsets} of the pod's namespace; it stays the
   *     caller's to close
   * @param pods those of this node; started by the caller
   */
  public OwnDaemonSet(KubernetesConnection connection, NodePods pods) {
    this(connection.client(), pods, KubernetesClients.SERVICE_ACCOUNT.resolve("token"));
  }

  OwnDaemonSet(KubernetesClient client, NodePods pods, Path token) {
    this.client = requireNonNull(client, "client");
    this.pods = requireNonNull(pods, "pods");
    this.token = requireNonNull(token, "token");
  }

  /** Begins, as soon as the node's pods are known. */
  public void start() {
    var unused = pods.synced().thenRun(this::begin);
  }

  /**
   * Whether it was seen deleted, or being deleted, and has not come back since.
   *
   * @param patience how long to wait for news if it was not
   */
  public boolean isDeleted(Duration patience) {
    lock.lock();
    try {
      long left = mirror == null ? 0 : patience.toNanos();
      while (!deleted && left > 0) {
        left = changed.awaitNanos(left);
      }
      return deleted;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return deleted;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was seen. */
  boolean isKnown() {
    return last().isPresent();
  }

  /** Whether it is being deleted, in whatever way. */
  boolean isTerminating() {
    return last().filter(State::terminating).isPresent();
  }

  private Optional<State> last() {
    lock.lock();
    try {
      return mirror == null ? Optional.empty() : mirror.values().stream().findFirst();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (mirror != null) {
        mirror.close();
      }
    } finally {
      lock.unlock();
    }
  }

  private void begin() {
    Optional<NamespacedName> own = BoundServiceAccountToken.pod(token);
    Optional<PodController> controller =
        own.flatMap(pods::byName).map(Pod::controller).filter(it -> it.kind().equals("DaemonSet"));
    if (own.isEmpty() || controller.isEmpty()) {
      log.info("not in a pod of a DaemonSet, so its deletion will not be noticed");
      return;
    }
    NamespacedName name = new NamespacedName(own.get().namespace(), controller.get().name());
    lock.lock();
    try {
      if (closed) {
        return;
      }
      mirror =
          new Mirror<>(
              KIND,
              client
                  .resources(DaemonSetResource.class)
                  .inNamespace(name.namespace())
                  .withName(name.name()),
              OwnDaemonSet::state,
              this::note);
      var unused = mirror.start();
      log.info("watching daemonset={}", name);
    } finally {
      lock.unlock();
    }
  }

  private void note(@Nullable State before, @Nullable State after) {
    lock.lock();
    try {
      State last = after == null ? before : after;
      // Without it its pods stay, for the next DaemonSet of that name.
      boolean takesPods = last != null && !last.leavesPods();
      deleted = takesPods && (after == null || after.terminating());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static State state(DaemonSetResource object) {
    ObjectMeta meta = object.getMetadata();
    List<String> finalizers =
        meta == null || meta.getFinalizers() == null ? List.of() : meta.getFinalizers();
    return new State(Metadata.of(object).isTerminating(), finalizers.contains(ORPHAN));
  }
}
