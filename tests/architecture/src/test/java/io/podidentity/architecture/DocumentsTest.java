package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents say of the code exists. */
final class DocumentsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w*(?:Test|IT))`");
  private static final Pattern TEST_METHOD = Pattern.compile("`([A-Z]\\w*(?:Test|IT)\\.\\w+)`");
  private static final Pattern METHOD = Pattern.compile("void (\\w+)\\(");
  private static final Pattern LOCAL_LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)[^)]*\\)");

  @Test
  void everyTestNamedInADocumentExists() throws IOException {
    Set<String> named = new TreeSet<>();
    for (Path document : files(".md")) {
      found(TEST_CLASS, document).forEach(named::add);
    }
    Set<String> existing =
        files(".java").stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());

    assertThat(named).isNotEmpty();
    assertThat(existing).containsAll(named);
  }

  @Test
  void everyTestMethodNamedInADocumentExists() throws IOException {
    Set<String> named = new TreeSet<>();
    for (Path document : files(".md")) {
      found(TEST_METHOD, document).forEach(named::add);
    }
    Set<String> existing = new TreeSet<>();
    for (Path source : files(".java")) {
      String type = source.getFileName().toString().replace(".java", ".");
      found(METHOD, source).forEach(method -> existing.add(type + method));
    }

    assertThat(named).isNotEmpty();
    assertThat(existing).containsAll(named);
  }

  @Test
  void everyLocalLinkOfADocumentLeadsSomewhere() throws IOException {
    Set<String> broken = new TreeSet<>();
    for (Path document : files(".md")) {
      found(LOCAL_LINK, document)
          .filter(link -> !Files.exists(document.resolveSibling(link)))
          .forEach(link -> broken.add(ROOT.relativize(document) + " -> " + link));
    }

    assertThat(broken).isEmpty();
  }

  /** Who calls it, on which thread, and who implements it. */
  @Test
  void everyPortIsInTheTablesOfPorts() throws IOException {
    String architecture = Files.readString(ROOT.resolve("docs/architecture.md"));
    String embedding = Files.readString(ROOT.resolve("docs/embedding.md"));

    assertThat(Contracts.ports())
        .allSatisfy(
            port -> {
              assertThat(architecture).containsPattern("(?m)^\\|.*`" + port + "`");
              assertThat(embedding).containsPattern("(?m)^\\|.*`" + port + "`");
            });
  }

  /** A page of its own, that leads to its code. */
  @Test
  void everyExampleHasAPage() throws IOException {
    List<Path> examples;
    try (Stream<Path> folders = Files.list(ROOT.resolve("examples"))) {
      examples = folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).toList();
    }

    assertThat(examples)
        .hasSizeGreaterThan(6)
        .allSatisfy(
            example ->
                assertThat(Files.readString(example.resolve("README.md")))
                    .as("%s", example.getFileName())
                    .contains("](src/main/java/"));
  }

  private static Stream<String> found(Pattern pattern, Path document) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(document));
    return matcher.results().map((MatchResult result) -> result.group(1)).toList().stream();
  }

  private static Set<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(path -> path.toString().endsWith(ending))
          .filter(path -> !ROOT.relativize(path).toString().contains("target"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
