package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Creates and deletes many objects side by side, as one who may do everything. */
final class Administrator implements AutoCloseable {
  private static final int AT_A_TIME = 16;

  private final KubernetesClient client;
  private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);

  Administrator(Path kubeconfig) {
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
  }

  KubernetesClient client() {
    return client;
  }

  /** Where its calls run side by side. */
  Executor threads() {
    return threads;
  }

  void createNode(String name, String computeId) {
    client.resource(ClusterObjects.node(name, computeId)).create();
  }

  /** An identity, and a binding to pods that have its name as their label. */
  void bind(UserAssignedIdentity identity) {
    client
        .genericKubernetesResources(ClusterObjects.IDENTITIES)
        .inNamespace(ClusterObjects.NAMESPACE)
        .resource(ClusterObjects.identity(identity))
        .create();
    client
        .genericKubernetesResources(ClusterObjects.BINDINGS)
        .inNamespace(ClusterObjects.NAMESPACE)
        .resource(ClusterObjects.binding(identity))
        .create();
  }

  void create(Pod pod) {
    client.resource(pod).create();
  }

  void create(List<Pod> pods) {
    each(pods, this::create);
  }

  /** Deletes them for good, as kubelets do when the containers have ended. */
  void delete(List<Pod> pods) {
    each(
        pods,
        pod ->
            client
                .pods()
                .inNamespace(ClusterObjects.NAMESPACE)
                .withName(pod.getMetadata().getName())
                .withGracePeriod(0)
                .delete());
  }

  private <T> void each(List<T> items, Consumer<T> action) {
    CompletableFuture<?>[] all =
        items.stream()
            .map(item -> CompletableFuture.runAsync(() -> action.accept(item), threads))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(all).join();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    client.close();
  }
}
