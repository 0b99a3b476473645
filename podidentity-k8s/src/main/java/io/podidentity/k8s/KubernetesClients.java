package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Utils;
import io.fabric8.kubernetes.model.jackson.Jackson2JdkTypesModule;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Makes clients of the Kubernetes API that suit a node agent and a controller. */
public final class KubernetesClients {
  /** Where Kubernetes puts a pod's service account. */
  static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REQUEST = Duration.ofSeconds(10);

  /**
   * A watch whose peer is silent for two of these is taken for dead: see {@link PingedHttpClient}.
   * One without pings is opened anew after three: see {@link PlainWatches}.
   */
  private static final Duration PING = Duration.ofSeconds(15);

  /** Longer than to connect: who does not answer a handshake may answer to plain HTTP. */
  private static final Duration HANDSHAKE = CONNECT.plusSeconds(1);

  /**
   * Doubled after each failure up to 32 times, so 2 s at most: a pod that comes when the API server
   * is back after an outage, however long that was, waits for this.
   */
  static final Duration RECONNECT = Duration.ofMillis(62);

  /**
   * The same for one process of a cluster, which thousands of others then wait for: 1 s at most.
   */
  private static final Duration EAGER_RECONNECT = Duration.ofMillis(31);

  /** Of one request, 100 ms after the first and doubling: 3 s in all, then the caller decides. */
  private static final int RETRIES = 5;

  private KubernetesClients() {}

  /**
   * A client over the JDK's HTTP client. It makes no call yet. Requests give up after 10 s, and 5 s
   * to connect; a watch whose other end is silent for half a minute is opened anew. What is read
   * without a type, such as a file of several kinds, is a {@code GenericKubernetesResource}.
   *
   * @param kubeconfig the file that says where the API server is and who we are, its current
   *     context; null for the service account of the pod that this runs in
   * @param userAgent the {@code User-Agent} of each request
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if the file, or the service
   *     account, cannot be used
   */
  public static KubernetesClient create(@Nullable Path kubeconfig, String userAgent) {
    return create(config(kubeconfig), userAgent, PING);
  }

  /**
   * The same for a controller: watches that broke are opened anew within a second.
   *
   * @param sockets is told of them
   */
  static KubernetesClient createEager(
      @Nullable Path kubeconfig, String userAgent, WatchSockets sockets) {
    return create(config(kubeconfig), userAgent, PING, EAGER_RECONNECT, sockets);
  }

  static KubernetesClient create(Config config, String userAgent, Duration ping) {
    return create(config, userAgent, ping, RECONNECT, new WatchSockets());
  }

  static KubernetesClient create(
      Config config, String userAgent, Duration ping, Duration reconnect, WatchSockets sockets) {
    return create(
        config, userAgent, reconnect, new PingedHttpClient.Factory(ping, HANDSHAKE, sockets));
  }

  private static Config config(@Nullable Path kubeconfig) {
    return kubeconfig == null ? inCluster(SERVICE_ACCOUNT) : fromFile(kubeconfig);
  }

  /** With that factory's times, but for pauses. */
  static KubernetesClient create(
      Config config, String userAgent, Duration reconnect, PingedHttpClient.Factory factory) {
    config.setUserAgent(userAgent);
    config.setConnectionTimeout(Math.toIntExact(CONNECT.toMillis()));
    config.setRequestTimeout(Math.toIntExact(REQUEST.toMillis()));
    config.setWebsocketPingInterval(factory.ping().toMillis());
    config.setWatchReconnectInterval(Math.toIntExact(reconnect.toMillis()));
    config.setRequestRetryBackoffLimit(RETRIES);
    // Over HTTP/2 the JDK's client goes on using a connection whose other end is dead until the
    // kernel notices. Over HTTP/1.1 a request that times out takes its connection along.
    config.setHttp2Disable(true);
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(factory)
        .withKubernetesSerialization(serialization())
        .build();
  }

  /**
   * What a watch tells of is read without a type, and then into that of the watch. By itself
   * fabric8 would look for a type of its own first: all of them are loaded for that, and for a pod
   * those of all its fields, which is 10 MiB of a node agent's memory; see {@link PodResource}.
   */
  private static KubernetesSerialization serialization() {
    KubernetesSerialization json =
        new KubernetesSerialization(
            JsonMapper.builderWithJackson2Defaults()
                .addModule(new Jackson2JdkTypesModule())
                .build(),
            false);
    // Of errors: a watch that is told that its version is too old has to know it.
    json.registerKubernetesResource(Status.class);
    return json;
  }

  /**
   * A client like this one, for callers that try again themselves.
   *
   * @param timeout of one attempt of one request
   * @param retries of one request
   */
  static KubernetesClient impatient(KubernetesClient client, Duration timeout, int retries) {
    return client
        .newClient(
            new RequestConfigBuilder()
                .withRequestTimeout(Math.toIntExact(timeout.toMillis()))
                .withRequestRetryBackoffLimit(retries)
                .withRequestRetryBackoffInterval(Config.DEFAULT_REQUEST_RETRY_BACKOFFINTERVAL)
                .build())
        .adapt(KubernetesClient.class);
  }

  static Config fromFile(Path kubeconfig) {
    String problem = "cannot use the kubeconfig " + kubeconfig + ": ";
    if (!Files.isReadable(kubeconfig) || Files.isDirectory(kubeconfig)) {
      throw invalid(problem + "there is no such file that can be read", null);
    }
    Config config;
    try {
      config = Config.fromKubeconfig(kubeconfig.toFile());
    } catch (RuntimeException e) {
      // An empty file, for one, is a NullPointerException to fabric8.
      throw invalid(problem + "it is no kubeconfig", e);
    }
    if (config.getCurrentContext() == null) {
      throw invalid(
          problem + "its current-context is not set, or names none of its contexts", null);
    }
    return config;
  }

  /** The service account in that folder. */
  static Config inCluster(Path folder) {
    Path token = folder.resolve("token");
    Path authority = folder.resolve("ca.crt");
    if (!Files.isReadable(token) || !Files.isReadable(authority)) {
      throw invalid(
          ("this is no pod with a service account: %s and ca.crt beside it cannot be read; give a"
                  + " kubeconfig with --kubeconfig FILE")
              .formatted(token),
          null);
    }
    Config config = Config.empty();
    String host = Utils.getEnvVar("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc");
    String port = Utils.getEnvVar("KUBERNETES_SERVICE_PORT", "443");
    config.setMasterUrl(
        "https://%s:%s/".formatted(host.contains(":") ? "[" + host + "]" : host, port));
    config.setCaCertFile(authority.toString());
    // Read each time: the kubelet replaces it before it ends.
    config.setOauthTokenProvider(() -> read(token));
    return config;
  }

  private static String read(Path token) {
    try {
      return Files.readString(token).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("reading the service account's token " + token, e);
    }
  }

  private static PodIdentityException invalid(String message, @Nullable Throwable cause) {
    return new PodIdentityException(ErrorReason.CONFIGURATION_INVALID, message, null, cause);
  }
}
