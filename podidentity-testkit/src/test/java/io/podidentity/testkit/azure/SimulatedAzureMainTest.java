package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.TestHttp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one-process form, as a process. */
@Timeout(60)
class SimulatedAzureMainTest {
  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void saysReadyServesItsStateAndEndsOnSigterm() throws Exception {
    Path state = folder.resolve("state.json");
    Files.writeString(
        state,
        """
        {"identities": [{"resourceId": "%s", "clientId": "c1"}],
         "computes": [{"resourceId": "%s", "userAssigned": ["%s"]}],
         "nodes": [{"name": "node-0", "compute": "%s", "addresses": ["127.0.0.1"]}],
         "cluster": {"subscriptionId": "s", "resourceGroup": "g", "vmType": "standard",
                     "identityClientId": "c1"}}
        """
            .formatted(Ids.identity("one"), Ids.VM, Ids.identity("one"), Ids.VM));
    Path out = folder.resolve("out");
    Process process =
        start("--state", state.toString(), "--out=" + out, "--control", "127.0.0.1:0");

    String ready = firstLine(process);
    assertThat(ready).startsWith("ready imds=http://127.0.0.1:").endsWith(" out=" + out);
    String token =
        TestHttp.plain()
            .get(
                word(ready, "imds")
                    + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r",
                "Metadata",
                "true")
            .body();
    assertThat(token).contains("\"client_id\":\"c1\"");
    SimulatedAzureClient client = new SimulatedAzureClient(URI.create(word(ready, "control")));
    assertThat(client.requests("imds", 0)).hasSize(1);
    assertThat(Files.readString(out.resolve("azure.json")))
        .contains("\"userAssignedIdentityID\" : \"c1\"");
    assertThat(Files.readString(out.resolve("azure-environment.json")))
        .contains(word(ready, "arm"));

    process.destroy();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "--nonsense 1, unknown flag: --nonsense",
    "--imds, flag without a value",
    "--arm here, not ADDRESS:PORT: here",
    "--imds-compute x, not a resource ID",
    "--state /nonexistent, cannot read the state file /nonexistent"
  })
  void wrongCommandLineIsOneClearLine(String arguments, String reason) {
    List<String> words = Arrays.asList(arguments.split(" "));
    assertThatThrownBy(() -> SimulatedAzureFlags.parse(words))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void wrongStateFileNamesTheMember() throws IOException {
    Path state = folder.resolve("state.json");
    Files.writeString(state, "{\"identites\": []}");
    assertThatThrownBy(() -> SimulatedAzureFlags.parse(List.of("--state", state.toString())))
        .hasMessageContaining(state.toString())
        .hasMessageContaining("identites");
  }

  @Test
  void portInUseExitsWithOneLineOnStandardError() throws Exception {
    Process first = start();
    String port = word(firstLine(first), "imds").replaceAll(".*:", "");

    Process second = start("--imds", "127.0.0.1:" + port);
    assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isEqualTo(1);
    assertThat(new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .startsWith("simulated Azure: start fake-imds on")
        .contains(port)
        .hasLineCount(1);
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SimulatedAzureMain.class.getName());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }

  private static String firstLine(Process process) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = reader.readLine();
    if (line == null) {
      throw new IOException(
          new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return line;
  }

  private static String word(String line, String name) {
    return Arrays.stream(line.split(" "))
        .filter(word -> word.startsWith(name + "="))
        .map(word -> word.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }
}
