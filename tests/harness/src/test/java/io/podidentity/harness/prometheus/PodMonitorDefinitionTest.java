package io.podidentity.harness.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodMonitorDefinitionTest {

  @Test
  void isOfTheVersionThatTheScriptTakes() throws IOException {
    // Surefire runs in the module's folder.
    assertThat(Files.readString(Path.of("../prometheus/operator.sh")))
        .contains("\nversion=" + PodMonitorDefinition.VERSION + "\n");
  }

  @Test
  void isMissingUntilItIsThere(@TempDir Path cache) throws IOException {
    Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
    Path file = PodMonitorDefinition.candidate(environment);

    assertThat(PodMonitorDefinition.missing(environment))
        .startsWith(file.toString())
        .contains("run tests/prometheus/operator.sh");

    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    assertThat(PodMonitorDefinition.missing(environment)).isNull();
  }
}
