package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.kube.UnreachableCluster;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.JavaProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes: exit codes and signals are the operating system's. There is no cluster. */
class NmiMainTest {
  @TempDir Path folder;

  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void writeKubeconfig() throws IOException {
    UnreachableCluster.kubeconfig(folder);
  }

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void withoutAClusterItIsAliveAndNotActiveAndSigtermEndsItWithZero() throws Exception {
    int probePort = freePort();
    int metricsPort = freePort();
    Process nmi =
        start(
            "--node=n1",
            "--redirect=none",
            "--kubeconfig=" + folder.resolve("kubeconfig"),
            "--nmi-port=0",
            "--http-probe-port=" + probePort,
            "--prometheus-port=" + metricsPort,
            "--logtostderr");
    Eventually.isTrue("the probe answers", () -> "Not Active".equals(get(probePort, "/healthz")));
    assertThat(get(probePort, "/readyz"))
        .isEqualTo(
            """
            not ready:
            not known yet: pods
            not known yet: azureassignedidentities
            not known yet: azureidentities
            not known yet: azurepodidentityexceptions
            """);
    Eventually.isTrue(
        "metrics are served",
        () ->
            get(metricsPort, "/metrics")
                .contains("podidentity_informer_synced{resource=\"pods\"} 0\n"));

    nmi.destroy();

    assertThat(codeOf(nmi)).isZero();
    assertThat(errors())
        .contains("flags without effect in this version flags=[logtostderr]")
        .contains("Shutdown - stopped");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--operation-mode=managed     | nmi: --operation-mode=managed needs --forceNamespaced",
        "--ipt-update-interval-sec=1s | nmi: flag --ipt-update-interval-sec: \"1s\" is not a whole",
        "--log-format=xml             | nmi: flag --log-format: \"xml\" is not a log format",
      })
  void aValueThatCannotBeIsOneLineAndCodeTwo(String flag, String message) {
    CommandResult nmi = JavaProgram.of(NmiMain.class, "--node=n1", flag).run();

    assertThat(nmi.exitCode()).isEqualTo(2);
    assertThat(nmi.stderr()).startsWith(message).hasLineCount(1);
    assertThat(nmi.stdout()).isEmpty();
  }

  /** They would be ignored, and whoever gives them believes otherwise. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--node=n1 --redirect=none --allowed-subscriptions=s | --allowed-subscriptions is for nmi explain",
        "--node=n1 --redirect=none --output=json             | --output is for nmi explain and nmi doctor",
        "--node=n1 --redirect=none --pod=default/web         | --pod is for nmi rules and nmi doctor",
        "--node=n1 --redirect=none --check                   | --check is for nmi rules",
        "rules --print --output=json                         | --output is for nmi explain and nmi doctor",
        "explain default/web --check=false                   | --check is for nmi rules",
      })
  void aFlagOfAnotherCommandIsOneLineAndCodeTwo(String words, String message) {
    CommandResult nmi = JavaProgram.of(NmiMain.class, words.strip().split(" ")).run();

    assertThat(nmi.exitCode()).isEqualTo(2);
    assertThat(nmi.stderr()).isEqualToIgnoringNewLines("nmi: " + message);
    assertThat(nmi.stdout()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--version | MIC Version: \\S+ - NMI Version: \\S+ - Commit: \\S+ - Date: \\S+\\R",
        "--help    | (?s)Usage: nmi --node NODE .*--set-retry-after-header.*",
      })
  void whatWasAskedForIsTheOutputAndCodeZero(String flag, String expected) {
    CommandResult nmi = JavaProgram.of(NmiMain.class, flag).run();

    assertThat(nmi.exitCode()).isZero();
    assertThat(nmi.stdout()).matches(expected);
    assertThat(nmi.stderr()).isEmpty();
  }

  // v1's rollout replaces one NMI by the other, and the old one may take its time to end.
  @Test
  void aPortOfAnotherProcessIsWaitedFor() throws Exception {
    int probePort = freePort();
    try (ServerSocket taken = new ServerSocket(0, 1, TestNmi.inet("127.0.0.1"))) {
      Process nmi =
          start(
              "--node=n1",
              "--redirect=none",
              "--kubeconfig=" + folder.resolve("kubeconfig"),
              "--http-probe-port=" + probePort,
              "--prometheus-port=" + freePort(),
              "--nmi-port=" + taken.getLocalPort());
      Eventually.isTrue(
          "it says that it waits",
          () -> errors().contains("cannot listen on 127.0.0.1:" + taken.getLocalPort()));
      assertThat(get(probePort, "/readyz")).contains("not listening for pods");
      assertThat(nmi.isAlive()).isTrue();

      taken.close();

      Eventually.isTrue(
          "it listens", () -> !get(probePort, "/readyz").contains("not listening for pods"));
      assertThat(errors().lines().filter(line -> line.contains("waiting for a port"))).hasSize(1);
    }
  }

  @Test
  void anAddressOfAnotherMachineIsSaidPlainlyAndEndsIt() throws Exception {
    Process nmi =
        start(
            "--node=n1",
            "--redirect=none",
            "--kubeconfig=" + folder.resolve("kubeconfig"),
            "--http-probe-port=0",
            "--nmi-listen-address=192.0.2.1");

    assertThat(codeOf(nmi)).isEqualTo(2);
    assertThat(errors()).contains("cannot listen on 192.0.2.1:2579").doesNotContain("\tat ");
  }

  private Process start(String... flags) throws IOException {
    Process process =
        new ProcessBuilder(JavaProgram.of(NmiMain.class, flags).words())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("err"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int codeOf(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  private static String get(int port, String path) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
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
