package io.podidentity.architecture;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each flag that v1 does not have is a row of a document, and the tests that the row names give it
 * to the program. Those of v1 are {@code FlagsContract}'s.
 */
final class OwnFlagsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  private static final Pattern FLAG =
      Pattern.compile(
          "@Flag\\((?:[^)\"]|\"[^\"]*\")*?names = \"(--[^\"]+)\"(?:[^)\"]|\"[^\"]*\")*\\)");
  private static final Pattern HIDDEN = Pattern.compile("hidden = true");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:\\.\\w+)?`");

  /** In {@code --help}. */
  private static final Set<String> SHOWN = new TreeSet<>();

  /** Of commands, which a page of their own describes. */
  private static final Set<String> OF_COMMANDS = new TreeSet<>();

  /** Their sources, by their names. */
  private static final Map<String, String> TESTS = new TreeMap<>();

  @BeforeAll
  static void readTests() throws IOException {
    for (Path source : files("/src/test/java/", ".java")) {
      String name = source.getFileName().toString().replace(".java", "");
      if (name.endsWith("Test") || name.endsWith("IT")) {
        TESTS.put(name, Files.readString(source));
      }
    }
  }

  @BeforeAll
  static void readFlags() throws IOException {
    Set<String> v1 = new HashSet<>();
    for (Path table : files("/src/test/resources/", "v1-flags.tsv")) {
      Files.readAllLines(table).forEach(line -> v1.add("--" + line.split("\t", 2)[0]));
    }
    for (Path source : files("/src/main/java/", "Flags.java")) {
      List<MatchResult> flags = FLAG.matcher(Files.readString(source)).results().toList();
      for (MatchResult flag : flags) {
        if (!v1.contains(flag.group(1))) {
          (HIDDEN.matcher(flag.group()).find() ? OF_COMMANDS : SHOWN).add(flag.group(1));
        }
      }
    }
    OF_COMMANDS.removeAll(SHOWN);
  }

  @Test
  void bothKindsAreFound() {
    assertThat(SHOWN).contains("--detach-delay", "--lockdown", "--cloud").hasSizeGreaterThan(20);
    assertThat(OF_COMMANDS).contains("--print", "--resource-id").doesNotContain("--node");
  }

  @Test
  void eachInTheHelpIsARowOfTheCompatibilityDocumentWhoseTestsGiveIt() throws IOException {
    List<String> rows = rows(ROOT.resolve("docs/compatibility.md"));

    assertThat(SHOWN)
        .allSatisfy(
            flag ->
                assertThat(testsIn(rows.stream().filter(row -> names(row, flag))))
                    .as(flag)
                    .containsAnyElementsOf(testsThatGive(flag)));
  }

  @Test
  void eachOfACommandIsInADocumentAndGivenByATest() throws IOException {
    Set<String> pages = new TreeSet<>();
    for (String page : List.of("README.md", "docs/troubleshooting.md", "docs/mic-commands.md")) {
      pages.add(Files.readString(ROOT.resolve(page)));
    }

    assertThat(OF_COMMANDS)
        .allSatisfy(
            flag -> {
              assertThat(pages).as(flag).anyMatch(page -> names(page, flag));
              assertThat(testsThatGive(flag)).as(flag).isNotEmpty();
            });
  }

  @Test
  void longerNameIsAnotherFlag() {
    assertThat(names("`--redirect-target=x`", "--redirect")).isFalse();
    assertThat(names("`--redirect=none`", "--redirect")).isTrue();
  }

  private static boolean names(String text, String flag) {
    return Pattern.compile(Pattern.quote(flag) + "(?![\\w-])").matcher(text).find();
  }

  private static List<String> rows(Path document) throws IOException {
    return Files.readAllLines(document).stream().filter(line -> line.startsWith("|")).toList();
  }

  private static Set<String> testsIn(Stream<String> rows) {
    return rows.flatMap(row -> TEST.matcher(row).results())
        .map(test -> test.group(1))
        .collect(toSet());
  }

  /** As a text that begins with it: on a command line. */
  private static Set<String> testsThatGive(String flag) {
    Pattern given = Pattern.compile("\"" + Pattern.quote(flag) + "[=\"]");
    return TESTS.entrySet().stream()
        .filter(test -> given.matcher(test.getValue()).find())
        .map(Map.Entry::getKey)
        .collect(toSet());
  }

  private static Set<Path> files(String folder, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(path -> path.toString().contains(folder))
          .filter(path -> path.toString().endsWith(ending))
          .filter(path -> !ROOT.relativize(path).toString().contains("target/"))
          .collect(toCollection(TreeSet::new));
    }
  }
}
