package io.podidentity.harness.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrometheusBinariesTest {

  @Test
  void onesThatAreMissingAreNamedWithWhatMakesThem(@TempDir Path cache) throws IOException {
    Path folder = Files.createDirectories(cache.resolve("podidentity/prometheus"));
    executable(folder.resolve("prometheus"));

    assertThat(missing(cache))
        .startsWith("prometheus or promtool is missing in " + folder)
        .contains("run tests/prometheus/fetch.sh");
  }

  @Test
  void onesThatAreThereAreNotMissing(@TempDir Path cache) throws IOException {
    Path folder = Files.createDirectories(cache.resolve("podidentity/prometheus"));
    for (String name : List.of("prometheus", "promtool")) {
      executable(folder.resolve(name));
    }

    assertThat(missing(cache)).isNull();
  }

  private static @Nullable String missing(Path cache) {
    return PrometheusBinaries.missing(Map.of("XDG_CACHE_HOME", cache.toString()));
  }

  private static void executable(Path file) throws IOException {
    Files.writeString(file, "");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
