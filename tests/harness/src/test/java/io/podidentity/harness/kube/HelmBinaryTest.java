package io.podidentity.harness.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelmBinaryTest {

  @Test
  void isTheVersionThatTheScriptBuilds() throws IOException {
    // Surefire runs in the module's folder.
    assertThat(Files.readString(Path.of("../helm/go.mod")))
        .contains("require helm.sh/helm/v3 " + HelmBinary.VERSION + "\n");
  }

  @Test
  void oneThatIsMissingIsNamedWithWhatMakesIt(@TempDir Path cache) {
    assertThat(HelmBinary.missing(Map.of("XDG_CACHE_HOME", cache.toString())))
        .startsWith(cache.resolve("podidentity/helm/" + HelmBinary.VERSION + "/helm").toString())
        .contains("run tests/helm/build.sh");
  }

  @Test
  void oneThatIsThereIsNotMissing(@TempDir Path cache) throws IOException {
    Path program = HelmBinary.candidate(Map.of("XDG_CACHE_HOME", cache.toString()));
    Files.createDirectories(program.getParent());
    Files.writeString(program, "");
    assertThat(program.toFile().setExecutable(true)).isTrue();

    assertThat(HelmBinary.missing(Map.of("XDG_CACHE_HOME", cache.toString()))).isNull();
  }
}
