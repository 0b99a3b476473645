package io.podidentity.e2e.measured;

import io.podidentity.e2e.ProjectFiles;
import io.podidentity.harness.Await;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.net.FreePorts;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A MIC from its distribution, by its start script. */
final class MeasuredMic implements AutoCloseable {
  private static final Duration STARTED = Duration.ofMinutes(3);

  private final HttpClient http = HttpClient.newHttpClient();
  private final int probePort;
  private final ManagedProcess process;

  private MeasuredMic(int probePort, ManagedProcess process) {
    this.probePort = probePort;
    this.process = process;
  }

  /**
   * Starts one, and does not wait.
   *
   * @param instance its name, among all that may lead
   * @param cloud where the files of the simulated Azure are
   * @param azureJson the file that says who MIC is
   * @param flags more flags
   */
  static MeasuredMic start(
      String instance, Path kubeconfig, Path cloud, Path azureJson, List<String> flags) {
    return start(ProjectFiles.program("mic"), instance, kubeconfig, cloud, azureJson, flags);
  }

  /**
   * The same by another script.
   *
   * @param script of the distribution
   */
  static MeasuredMic start(
      String script,
      String instance,
      Path kubeconfig,
      Path cloud,
      Path azureJson,
      List<String> flags) {
    int probePort = FreePorts.find(1)[0];
    List<String> words =
        new ArrayList<>(
            List.of(
                script,
                "-kubeconfig=" + kubeconfig,
                "-cloudconfig=" + azureJson,
                "-leader-election-instance=" + instance,
                "-http-probe-port=" + probePort,
                "-prometheus-port=0"));
    words.addAll(flags);
    ManagedProcess process =
        Command.of(words)
            .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
            .withEnvironment("MIC_POD_NAMESPACE", "default")
            .withEnvironment(
                "AZURE_ENVIRONMENT_FILEPATH", cloud.resolve("azure-environment.json").toString())
            .withEnvironment("SSL_CERT_FILE", cloud.resolve("ca.pem").toString())
            .withEnvironment("SSL_CERT_DIR", "")
            .withEnvironment("NO_PROXY", "*")
            .start(instance);
    return new MeasuredMic(probePort, process);
  }

  ManagedProcess process() {
    return process;
  }

  /** How long it has had a processor so far: on a busy machine, what to compare. */
  Duration cpuTime() {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().totalCpuDuration())
        .orElseThrow();
  }

  /** Waits until it leads and works. */
  void awaitActive() {
    awaitHealth("Active");
  }

  /** Waits until it is there, and another one leads. */
  void awaitStandby() {
    awaitHealth("Not Active");
  }

  private void awaitHealth(String health) {
    Await.until("MIC is " + health, STARTED, () -> health.equals(health()));
  }

  private String health() {
    if (!process.isAlive()) {
      throw new IllegalStateException("MIC ended; its log ends:\n" + process.tail());
    }
    URI uri = URI.create("http://127.0.0.1:" + probePort + "/healthz");
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new HarnessException("no answer from MIC's probe", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Ends it at once, by SIGKILL. */
  @Override
  public void close() {
    process.kill();
  }
}
