package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There is one version, of all modules and of the images' tags, and one command that sets it. */
final class VersionsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Pattern OF_A_MODULE =
      Pattern.compile(
          "(?:<artifactId>podidentity-[\\w-]+</artifactId>\\s*<version>|<podidentity\\.version>)"
              + "([^$<]+)</");
  private static final Pattern OF_AN_IMAGE =
      Pattern.compile(
          "(?m)(?:/(?:nmi|mic):|^appVersion: |is the version, `)(\\d+\\.\\d+\\.\\d+[^\"`\\s]*)");

  @TempDir private Path folder;

  @Test
  void allAreTheSame() throws IOException {
    Map<String, List<String>> places = versionsIn(ROOT);

    assertThat(places).hasSize(1);
    assertThat(places.values().iterator().next())
        .hasSizeGreaterThan(70)
        .contains("pom.xml", "podidentity-bom/pom.xml", "charts/aad-pod-identity/Chart.yaml")
        .contains("charts/aad-pod-identity/README.md", "deploy/infra/deployment-rbac.yaml");
  }

  @Test
  void oneCommandSetsThemAllAndNoOther() throws Exception {
    Map<String, List<String>> before = versionsIn(ROOT);
    String old = before.keySet().iterator().next();
    for (Path file : files(ROOT)) {
      Path copy = folder.resolve(ROOT.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
    Path pom = folder.resolve("pom.xml");
    String stranger = "<artifactId>stranger</artifactId>\n<version>%s</version>".formatted(old);
    Files.writeString(pom, Files.readString(pom) + "<!-- " + stranger + " -->");

    set("9.8.7");

    assertThat(versionsIn(folder)).isEqualTo(Map.of("9.8.7", before.get(old)));
    assertThat(Files.readString(pom)).contains(stranger);
  }

  private void set(String version) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(ROOT.resolve("tests/release/set-version.sh").toString(), version)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  /** The files that name each version, once for each time. */
  private static Map<String, List<String>> versionsIn(Path root) throws IOException {
    Map<String, List<String>> places = new TreeMap<>();
    for (Path file : files(root)) {
      Pattern pattern = file.endsWith("pom.xml") ? OF_A_MODULE : OF_AN_IMAGE;
      for (MatchResult found : pattern.matcher(Files.readString(file)).results().toList()) {
        places
            .computeIfAbsent(found.group(1), version -> new ArrayList<>())
            .add(root.relativize(file).toString());
      }
    }
    return places;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .filter(
              file -> {
                String path = root.relativize(file).toString();
                return !path.contains("target/")
                    && (path.endsWith("pom.xml")
                        || path.startsWith("charts/")
                        || path.startsWith("deploy/")
                        || path.startsWith("tests/chart/src/test/resources/"));
              })
          .sorted()
          .toList();
    }
  }
}
