package io.podidentity.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The test kit as one jar, as it is published. */
final class TestKitJarIT {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITY =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/id";

  @Test
  void conformanceRunAsksASimulatedServiceAndPrintsATable() throws Exception {
    FakeAzure azure = new FakeAzure(Clock.systemUTC());
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, azure.createIdentity(IDENTITY));
    try (FakeImds imds = FakeImds.startFor(azure, MACHINE)) {
      assertThat(run(0, "conformance", "--endpoint", imds.uri().toString()))
          .contains("pass  required  a token is given for a resource", "17 of 17 hold")
          .doesNotContain("FAIL");
    }
  }

  @Test
  void simulatedAzureListsItsFlags() throws Exception {
    assertThat(run(0, "azure", "--help")).contains("--");
  }

  @Test
  void unknownCommandIsRefused() throws Exception {
    assertThat(run(2, "other")).contains("conformance FLAGS");
  }

  private static String run(int wanted, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar().toString()));
    command.addAll(List.of(arguments));
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(program.getInputStream().readAllBytes(), UTF_8);
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(program.exitValue()).as(said).isEqualTo(wanted);
    return said;
  }

  private static Path jar() throws IOException {
    try (Stream<Path> built = Files.list(Path.of("..", "..", "podidentity-testkit", "target"))) {
      return built
          .filter(file -> file.toString().endsWith("-runnable.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("the module is not packaged"));
    }
  }
}
