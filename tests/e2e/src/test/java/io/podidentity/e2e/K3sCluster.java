package io.podidentity.e2e;

import io.fabric8.kubernetes.client.Config;
import io.podidentity.harness.Await;
import io.podidentity.harness.Folders;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.kube.KubernetesApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * K3s in a container, for machines that have an engine: a whole cluster, so it needs no {@link
 * io.podidentity.harness.kube.KubeletStandIn}. Its API is reached on a port of the machine, not
 * from network namespaces.
 */
final class K3sCluster implements KubernetesApi {

  private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.34.3-k3s1");
  private static final Duration ACCOUNT = Duration.ofSeconds(30);
  private static final String INPUT = "/tmp/kubectl-input";

  private final K3sContainer container = new K3sContainer(IMAGE);
  private final Path folder = Folders.temporary("k3s");
  private final AtomicInteger kubeconfigs = new AtomicInteger();

  private K3sCluster() {}

  /** Starts it; the first time the image is downloaded. */
  static K3sCluster start() {
    K3sCluster cluster = new K3sCluster();
    try {
      cluster.container.start();
      write(cluster.adminKubeconfig(), cluster.container.getKubeConfigYaml());
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public Path adminKubeconfig() {
    return folder.resolve("admin.kubeconfig");
  }

  @Override
  public Path kubeconfigFor(String namespace, String serviceAccount) {
    String token = kubectl("create", "token", serviceAccount, "-n", namespace, "--duration=24h");
    Config admin = Config.fromKubeconfig(container.getKubeConfigYaml());
    Path file = folder.resolve("user-" + kubeconfigs.incrementAndGet() + ".kubeconfig");
    write(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: k3s
          cluster: {server: "%s", certificate-authority-data: "%s"}
        users:
        - name: user
          user: {token: "%s"}
        contexts:
        - name: k3s
          context: {cluster: k3s, user: user}
        current-context: k3s
        """
            .formatted(admin.getMasterUrl(), admin.getCaCertData(), token.strip()));
    return file;
  }

  @Override
  public String kubectl(String... arguments) {
    List<String> words = new ArrayList<>(List.of("kubectl"));
    words.addAll(List.of(arguments));
    return run(words);
  }

  @Override
  public String kubectlWithInput(String input, String... arguments) {
    container.copyFileToContainer(Transferable.of(input), INPUT);
    List<String> words =
        new ArrayList<>(List.of("sh", "-c", "exec kubectl \"$@\" <" + INPUT, "kubectl"));
    words.addAll(List.of(arguments));
    return run(words);
  }

  @Override
  public void createNamespace(String name) {
    apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}");
    // Its controller manager makes the account.
    Await.value(
        "service account default in " + name,
        ACCOUNT,
        () -> kubectl("get", "serviceaccount", "default", "-n", name, "-o", "name"));
  }

  @Override
  public void close() {
    container.stop();
    Folders.delete(folder);
  }

  private String run(List<String> words) {
    try {
      ExecResult result = container.execInContainer(words.toArray(String[]::new));
      if (result.getExitCode() != 0) {
        throw new HarnessException(
            "exit code %d from: %s%n%s"
                .formatted(
                    result.getExitCode(), String.join(" ", words), result.getStderr().strip()));
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new HarnessException("running in the K3s container: " + String.join(" ", words), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while running: " + String.join(" ", words), e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
