package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way to the Kubernetes API, for everything in this package. It keeps the client library out of
 * the sight of programs; who has a client already wraps it. Thread-safe.
 */
public final class KubernetesConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubernetesConnection.class);

  private final KubernetesClient client;
  private final boolean own;
  private final WatchSockets sockets;

  private KubernetesConnection(KubernetesClient client, boolean own, WatchSockets sockets) {
    this.client = requireNonNull(client, "client");
    this.own = own;
    this.sockets = sockets;
  }

  /**
   * Loads what the first call needs, which that would do otherwise: classes, and tables for the key
   * exchange of TLS, which take a tenth of a second. It makes no call, and keeps nothing.
   */
  public static void load() {
    try {
      beginHandshake();
    } catch (GeneralSecurityException | SSLException e) {
      log.debug("TLS cannot be prepared; the first call will say why", e);
    }
  }

  /**
   * Makes the first message of a handshake, which nobody is sent.
   *
   * @return its length in bytes
   */
  static int beginHandshake() throws GeneralSecurityException, SSLException {
    SSLContext tls = SSLContext.getInstance("TLS");
    // Trusts none: for the JDK's own, all of its authorities would be read.
    tls.init(null, new TrustManager[0], null);
    SSLEngine engine = tls.createSSLEngine();
    engine.setUseClientMode(true);
    int room = engine.getSession().getPacketBufferSize();
    return engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(room)).bytesProduced();
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
    return new KubernetesConnection(
        KubernetesClients.create(kubeconfig, userAgent), true, new WatchSockets());
  }

  /**
   * The same for a controller: when the API server is back after an outage it is noticed within a
   * second, and not within two as by the agents of all nodes.
   *
   * @param kubeconfig null for the service account of the pod that this runs in
   * @param userAgent the {@code User-Agent} of each request
   * @throws io.podidentity.api.PodIdentityException as {@link #open}
   */
  public static KubernetesConnection openEager(@Nullable Path kubeconfig, String userAgent) {
    WatchSockets sockets = new WatchSockets();
    return new KubernetesConnection(
        KubernetesClients.createEager(kubeconfig, userAgent, sockets), true, sockets);
  }

  /** A connection over a client, which stays the caller's to close. */
  public static KubernetesConnection over(KubernetesClient client) {
    return new KubernetesConnection(client, false, new WatchSockets());
  }

  KubernetesClient client() {
    return client;
  }

  /** Those of {@link #openEager}; of others it is told nothing. */
  WatchSockets sockets() {
    return sockets;
  }

  @Override
  public void close() {
    if (own) {
      client.close();
    }
  }
}
