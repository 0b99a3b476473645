package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.UnreachableCluster;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes: exit codes and streams are the operating system's. */
final class MicMainTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--createDeleteBatch=0                   | mic: --createDeleteBatch must be at least 1",
        "--createDeleteBatch=many                | mic: flag --createDeleteBatch: \"many\" is not",
        "--cloudconfig=/no/such/file             | mic: cloud configuration /no/such/file: there is no such file",
        "--output=json                           | mic: --output is for mic plan, report and doctor",
        "drain --output=json                     | mic: --output is for mic plan, report and doctor",
        "report workload-identity --timeout=1m   | mic: --timeout is for mic plan, drain and doctor",
      })
  void aValueThatCannotBeIsOneLineAndCodeTwo(String words, String message) {
    CommandResult mic = JavaProgram.of(MicMain.class, words.split(" ", -1)).run();

    assertThat(mic.exitCode()).isEqualTo(2);
    assertThat(mic.stderr()).startsWith(message).hasLineCount(1);
    assertThat(mic.stdout()).isEmpty();
  }

  @Test
  void withoutAClusterItIsAliveAndNotActiveAndServesMetrics() throws IOException {
    Path kubeconfig = UnreachableCluster.kubeconfig(folder);
    Path cloud = azureJson();
    int probes = freePort();
    int metrics = freePort();
    try (ManagedProcess mic =
        JavaProgram.of(
                MicMain.class,
                "--kubeconfig=" + kubeconfig,
                "--cloudconfig=" + cloud,
                "--http-probe-port=" + probes,
                "--prometheus-port=" + metrics)
            .start("mic-without-cluster")) {
      Await.until(
          "the metrics are served",
          LIMIT,
          () -> get(metrics, "/metrics").contains("\npodidentity_cluster_synced 0\n"));
      assertThat(get(probes, "/healthz")).isEqualTo("Not Active");
      assertThat(get(probes, "/readyz")).isEqualTo("not ready:\nthe cluster is not known yet\n");
      assertThat(get(probes, "/debug/pprof/")).isEqualTo("not found");
      assertThat(mic.isAlive()).isTrue();
    }
  }

  // v1 prints it only where MIC_POD_NAMESPACE is set.
  @Test
  void versionIsOneLineOfTheOutputAndCodeZero() {
    CommandResult mic = JavaProgram.of(MicMain.class, "--version").run();

    assertThat(mic.exitCode()).isZero();
    assertThat(mic.stdout())
        .matches("MIC Version: \\S+ - NMI Version: \\S+ - Commit: \\S+ - Date: \\S+\\R");
    assertThat(mic.stderr()).isEmpty();
  }

  @Test
  void planOfAClusterThatDoesNotAnswerIsOneLineAndCodeOne() throws IOException {
    CommandResult plan =
        JavaProgram.of(
                MicMain.class,
                "plan",
                "--kubeconfig=" + UnreachableCluster.kubeconfig(folder),
                "--cloudconfig=" + azureJson(),
                "--timeout=1s")
            .run();

    assertThat(plan.exitCode()).isEqualTo(1);
    assertThat(plan.stderr().lines().filter(line -> line.startsWith("mic: ")))
        .singleElement()
        .asString()
        .contains("the first lists from the Kubernetes API have not come");
    assertThat(plan.stdout()).isEmpty();
  }

  private Path azureJson() throws IOException {
    return Files.writeString(
        folder.resolve("azure.json"),
        """
        {"cloud": "AzurePublicCloud", "tenantId": "t", "subscriptionId": "s",
         "resourceGroup": "g", "useManagedIdentityExtension": true}
        """);
  }

  /** The body, or nothing where nobody answers. */
  private static String get(int port, String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
