package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: exit codes and signals are the operating system's. There is no cluster. */
class NmiMainTest {
  @TempDir Path folder;

  private final List<NmiProcess> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(NmiProcess::close);
  }

  @Test
  void withoutAClusterItIsAliveAndNotActiveAndSigtermEndsItWithZero() throws Exception {
    int probePort = NmiProcess.freePort();
    NmiProcess nmi = start("--nmi-port=0", "--http-probe-port=" + probePort, "--logtostderr");
    Eventually.isTrue(
        "the probe answers",
        () -> NmiProcess.probe(probePort, "/healthz").equals("200 Not Active"));

    nmi.terminate();

    assertThat(nmi.exitCode()).isZero();
    assertThat(nmi.errors())
        .contains("flags without effect in this version flags=[logtostderr]")
        .contains("Shutdown - stopped");
  }

  @Test
  void aValueThatCannotBeIsOneLineAndCodeTwo() throws Exception {
    NmiProcess nmi = start("--operation-mode=managed");

    assertThat(nmi.exitCode()).isEqualTo(2);
    assertThat(nmi.errors())
        .startsWith("nmi: --operation-mode=managed needs --forceNamespaced")
        .hasLineCount(1);
  }

  @Test
  void aPortInUseIsSaidPlainlyAndEndsIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, TestNmi.inet("127.0.0.1"))) {
      NmiProcess nmi = start("--http-probe-port=0", "--nmi-port=" + taken.getLocalPort());

      assertThat(nmi.exitCode()).isEqualTo(2);
      assertThat(nmi.errors())
          .contains("nmi: cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .doesNotContain("\tat ");
    }
  }

  private NmiProcess start(String... flags) throws IOException {
    NmiProcess process = NmiProcess.start(folder, flags);
    processes.add(process);
    return process;
  }
}
