package io.podidentity.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.kube.KubernetesApi;
import io.podidentity.harness.net.Relay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * A real API server with our definitions and roles, and clients with the roles' permissions only.
 */
final class TestCluster {
  static final Path DEPLOY = Path.of("..", "deploy");

  private final KubernetesApi api;

  private TestCluster(KubernetesApi api) {
    this.api = api;
  }

  /** The one that all tests of this JVM share. */
  static TestCluster shared() {
    return Shared.CLUSTER;
  }

  /** Puts what we ship on an API server that a test has for itself. */
  static TestCluster on(KubernetesApi api) {
    TestCluster cluster = new TestCluster(api);
    cluster.definitions().forEach(api::apply);
    Stream.of("nmi.yaml", "nmi-secrets.yaml", "mic.yaml")
        .map(DEPLOY.resolve("rbac")::resolve)
        .forEach(api::apply);
    return cluster;
  }

  /** Begins to follow, and waits for the first lists. */
  static void follow(ClusterFollower... followers) {
    for (ClusterFollower follower : followers) {
      begin(follower);
    }
    for (ClusterFollower follower : followers) {
      follower.awaitSynced(Duration.ofSeconds(30));
    }
  }

  /** Begins to follow. */
  static void begin(ClusterFollower follower) {
    var unused = follower.start();
  }

  KubernetesApi api() {
    return api;
  }

  KubernetesClient asAdmin() {
    return KubernetesClients.create(api.adminKubeconfig(), "test");
  }

  KubernetesClient asMic() {
    return client("aad-pod-id-mic-service-account");
  }

  KubernetesClient asNmi() {
    return client("aad-pod-id-nmi-service-account");
  }

  /** A service account that may do nothing; to be called once. */
  KubernetesClient asNobody() {
    return asNobody("nobody");
  }

  /** As {@link #asNobody()}, under a name of its own. */
  KubernetesClient asNobody(String account) {
    api.kubectl("create", "serviceaccount", account, "-n", "default");
    return client(account);
  }

  /**
   * A service account with what {@code nmi-managed.yaml} grants alone, so that the tests of
   * standard mode do without it.
   */
  KubernetesClient asNmiInManagedMode() {
    String account = "nmi-managed-service-account";
    api.kubectl("create", "serviceaccount", account, "-n", "default");
    try {
      String role = Files.readString(DEPLOY.resolve("rbac").resolve("nmi-managed.yaml"));
      api.kubectlWithInput(
          role.replace("aad-pod-id-nmi-service-account", account), "apply", "-f", "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return client(account);
  }

  /** A client whose pings are so far apart. */
  KubernetesClient asMicThrough(Relay relay, Duration ping) {
    return through(relay, "aad-pod-id-mic-service-account", ping);
  }

  /** The same, which tells of its watches. */
  KubernetesClient asMicThrough(Relay relay, Duration ping, WatchSockets sockets) {
    return KubernetesClients.create(
        config(relay, "aad-pod-id-mic-service-account"),
        "test",
        ping,
        KubernetesClients.RECONNECT,
        sockets);
  }

  /** A client whose pings are so far apart. */
  KubernetesClient asNmiThrough(Relay relay, Duration ping) {
    return through(relay, "aad-pod-id-nmi-service-account", ping);
  }

  Stream<Path> definitions() {
    return Stream.of(
            "azureidentities.yaml",
            "azureidentitybindings.yaml",
            "azureassignedidentities.yaml",
            "azurepodidentityexceptions.yaml")
        .map(DEPLOY.resolve("crds")::resolve);
  }

  private KubernetesClient client(String serviceAccount) {
    return KubernetesClients.create(api.kubeconfigFor("default", serviceAccount), "test");
  }

  private KubernetesClient through(Relay relay, String serviceAccount, Duration ping) {
    return KubernetesClients.create(config(relay, serviceAccount), "test", ping);
  }

  private Config config(Relay relay, String serviceAccount) {
    Config config = KubernetesClients.fromFile(api.kubeconfigFor("default", serviceAccount));
    config.setMasterUrl("https://127.0.0.1:" + relay.port() + "/");
    return config;
  }

  private static final class Shared {
    static final TestCluster CLUSTER = on(KubeApiServer.shared());
  }
}
