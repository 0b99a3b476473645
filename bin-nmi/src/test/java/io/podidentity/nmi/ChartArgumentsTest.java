package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podidentity.bin.ProgramVersion;
import io.podidentity.harness.RenderedArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** NMI takes the arguments that the Helm chart gives it, in whatever case the chart is tested. */
final class ChartArgumentsTest {
  @TempDir Path folder;

  static Set<List<String>> rendered() {
    return RenderedArguments.of(
        Path.of("..", "tests", "chart", "src", "test", "resources", "goldens"), "nmi");
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void areTaken(List<String> arguments) throws IOException {
    Path stack =
        Files.writeString(
            folder.resolve("stack.json"),
            """
            {"name": "AzureStackCloud", "activeDirectoryEndpoint": "https://login.example/",
             "resourceManagerEndpoint": "https://management.example/",
             "tokenAudience": "https://management.example/"}
            """);
    Map<String, String> environment = Map.of("AZURE_ENVIRONMENT_FILEPATH", stack.toString());
    NmiCommandLine line =
        new NmiCommandLine(new ProgramVersion("nmi", "1", "c", "d"), environment::get);

    assertThat(line.parse(arguments, System.out, System.err)).isEmpty();
    assertThatCode(line::options).doesNotThrowAnyException();
    assertThatCode(() -> line.requireFlagsOf("")).doesNotThrowAnyException();
  }

  @Test
  void areThoseOfManyCases() {
    assertThat(rendered())
        .hasSizeGreaterThan(6)
        .anyMatch(arguments -> arguments.contains("--operation-mode=managed"))
        .anyMatch(arguments -> arguments.contains("--lockdown=false"));
  }
}
