package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podidentity.bin.GoFlags;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.harness.RenderedArguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** MIC and its drain take the arguments that the Helm chart gives them. */
final class ChartArgumentsTest {
  private static final Map<String, String> CLOUD =
      Map.of(
          "CLOUD", "AzurePublicCloud",
          "TENANT_ID", "tenant",
          "CLIENT_ID", "client",
          "CLIENT_SECRET", "secret",
          "SUBSCRIPTION_ID", "subscription",
          "RESOURCE_GROUP", "group");

  private static final String FILE_FLAG = "--cloudconfig=";

  @TempDir private Path folder;

  static Set<List<String>> rendered() {
    return RenderedArguments.of(
        Path.of("..", "tests", "chart", "src", "test", "resources", "goldens"), "mic");
  }

  @BeforeEach
  void writeTheNodesFile() throws Exception {
    Files.writeString(
        folder.resolve("azure.json"),
        """
        {"cloud": "AzurePublicCloud", "tenantId": "tenant", "subscriptionId": "subscription",
         "resourceGroup": "group", "useManagedIdentityExtension": true}
        """);
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void areTaken(List<String> arguments) {
    List<String> given =
        arguments.stream()
            .filter(argument -> !argument.equals("drain"))
            .map(
                argument ->
                    argument.startsWith(FILE_FLAG)
                        ? FILE_FLAG + folder.resolve("azure.json")
                        : argument)
            .toList();
    MicFlags flags = new MicFlags();
    GoFlags line = new GoFlags(flags, new ProgramVersion("mic", "1", "c", "d"));

    assertThat(line.parse(given, System.out, System.err)).isEmpty();
    assertThatCode(() -> MicOptions.of(flags, CLOUD, "this-host", "1.2.3"))
        .doesNotThrowAnyException();
  }

  @Test
  void areThoseOfManyCases() {
    assertThat(rendered())
        .hasSizeGreaterThan(6)
        .anyMatch(arguments -> arguments.contains("drain"))
        .anyMatch(arguments -> arguments.contains("--leader-election-endpoints=false"));
  }
}
