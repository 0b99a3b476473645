package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A way to the Kubernetes API, for everything in this package. It keeps the client library out of
 * the sight of programs; who has a client already wraps it. Thread-safe.
 */
public final class KubernetesConnection implements AutoCloseable {
  private final KubernetesClient client;
  private final boolean own;

  private KubernetesConnection(KubernetesClient client, boolean own) {
    this.client = requireNonNull(client, "client");
    this.own = own;
  }

  /**
   * A connection as {@link KubernetesClients#create} makes it. It makes no call yet.
   *
   * @param kubeconfig null for the service account of the pod that this runs in
   * @param userAgent the {@code User-Agent} of each request
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if the file,
   *     or the service account, cannot be used
   */
  public static KubernetesConnection open(@Nullable Path kubeconfig, String userAgent) {
    return new KubernetesConnection(KubernetesClients.create(kubeconfig, userAgent), true);
  }

  /** A connection over a client, which stays the caller's to close. */
  public static KubernetesConnection over(KubernetesClient client) {
    return new KubernetesConnection(client, false);
  }

  KubernetesClient client() {
    return client;
  }

  @Override
  public void close() {
    if (own) {
      client.close();
    }
  }
}
