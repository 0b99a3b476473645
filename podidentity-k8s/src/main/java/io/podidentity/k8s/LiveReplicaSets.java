package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.ReplicaSetDirectory;
import java.net.HttpURLConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ReplicaSets of MIC's namespace, each asked for when it is needed, which is seldom. */
public final class LiveReplicaSets implements ReplicaSetDirectory, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveReplicaSets.class);

  private final LiveCalls calls;
  private final AtomicBoolean forbiddenIsSaid = new AtomicBoolean();

  /**
   * The ReplicaSets of a cluster.
   *
   * @param connection may get {@code replicasets} of MIC's namespace; without that right no pod is
   *     recognised as MIC's, and the log says so. It stays the caller's to close
   */
  public LiveReplicaSets(KubernetesConnection connection) {
    this(connection.client());
  }

  LiveReplicaSets(KubernetesClient client) {
    this.calls = new LiveCalls(client, "replicaset-get");
  }

  @Override
  public CompletableFuture<Boolean> isLive(NamespacedName name, String uid) {
    return calls.call("get replicaset " + name, client -> isLive(get(client, name), uid));
  }

  @Override
  public void close() {
    calls.close();
  }

  private @Nullable ReplicaSetResource get(KubernetesClient client, NamespacedName name) {
    try {
      return client
          .resources(ReplicaSetResource.class)
          .inNamespace(name.namespace())
          .withName(name.name())
          .get();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      if (forbiddenIsSaid.compareAndSet(false, true)) {
        log.warn(
            "cannot tell whether a pod is MIC's, so none is; grant get on replicasets of its"
                + " namespace, as deploy/rbac does: replicaset={}",
            name);
      }
      return null;
    }
  }

  private static boolean isLive(@Nullable ReplicaSetResource found, String uid) {
    return found != null
        && Metadata.of(found).uid().equals(uid)
        && !Metadata.of(found).isTerminating();
  }
}
