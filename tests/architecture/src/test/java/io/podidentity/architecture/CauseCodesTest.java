package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each code of {@code docs/troubleshooting.md} is provoked by a test: by one of the running system,
 * or by one that is named here. What such a test has as a text of its own, it compares with what it
 * sees; whether it runs and passes is its own business.
 */
final class CauseCodesTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Pattern SECTION = Pattern.compile("(?m)^### `([a-z0-9-]+)`$");

  /** What needs a clock that a test moves, a defect, or a moment that cannot be waited for. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "audit-busy", "EveryRefusalTest",
          "body-too-large", "EveryRefusalTest",
          "internal-error", "EveryRefusalTest",
          "metadata-busy", "EveryRefusalTest",
          "metadata-timeout", "EveryRefusalTest",
          "cluster-conflict", "StoreRefusalsTest",
          "target-not-permitted", "ArmComputeIdentitiesTest",
          // It is an exit code.
          "configuration-invalid", "CloudConfigTest");

  /**
   * A comment, a text block, a text and a character of Java, so that a quote in one of them begins
   * none of the others.
   */
  private static final Pattern TOKEN =
      Pattern.compile(
          "//[^\\n]*|/\\*(?s:.*?)\\*/|\"\"\"(?s:(.*?))\"\"\"|\"((?:\\\\.|[^\"\\\\\\n])*)\""
              + "|'(?:\\\\.|[^'\\\\])+'");

  /** Between the cells of a table of a parameterized test. */
  private static final Pattern BETWEEN_CELLS = Pattern.compile("[,|\\n]");

  /** How the access log has it. */
  private static final String LOGGED = "error=";

  @Test
  void everyCodeIsProvokedByATest() throws IOException {
    Set<String> expected = texts(sources(path -> path.startsWith(ROOT.resolve("tests/e2e"))));

    Set<String> unseen = codes();
    unseen.removeAll(expected);

    assertThat(unseen).isEqualTo(new TreeSet<>(ELSEWHERE.keySet()));
  }

  @Test
  void testsElsewhereNameTheirCodes() throws IOException {
    for (Map.Entry<String, String> entry : ELSEWHERE.entrySet()) {
      String source = sources(path -> path.endsWith(entry.getValue() + ".java"));

      assertThat(
              texts(source).contains(entry.getKey())
                  || names(withoutComments(source), constant(entry.getKey())))
          .as("%s in %s", entry.getKey(), entry.getValue())
          .isTrue();
    }
  }

  @Test
  void whatOnlyLooksLikeACodeIsNone() {
    String source =
        """
        // "in-comment" and "also-there
        /* "in-block" */ char quote = '"';
        String pod = "pod of-some-name", code = "whole-text"; // "behind"
        @CsvSource({"400, in-cell"})
        String log = " error=in-log";
        """;

    assertThat(texts(source))
        .contains("whole-text", "in-cell", "in-log")
        .doesNotContain("in-comment", "also-there", "in-block", "of-some-name", "behind");
    assertThat(withoutComments(source)).contains("char quote = '\"';").doesNotContain("in-block");
  }

  /** All that a source has as a text of its own, or as a cell of a table. */
  private static Set<String> texts(String source) {
    Set<String> texts = new TreeSet<>();
    TOKEN
        .matcher(source)
        .results()
        .map((MatchResult token) -> content(token))
        .flatMap(BETWEEN_CELLS::splitAsStream)
        .map(String::strip)
        .map(text -> text.startsWith(LOGGED) ? text.substring(LOGGED.length()) : text)
        .forEach(texts::add);
    return texts;
  }

  /** Empty for a comment or a character. */
  private static String content(MatchResult token) {
    if (token.start(1) >= 0) {
      return token.group(1);
    }
    return token.start(2) >= 0 ? token.group(2) : "";
  }

  private static String withoutComments(String source) {
    return TOKEN
        .matcher(source)
        .replaceAll(
            token -> token.group().startsWith("/") ? "" : Matcher.quoteReplacement(token.group()));
  }

  private static Set<String> codes() throws IOException {
    return SECTION
        .matcher(Files.readString(ROOT.resolve("docs/troubleshooting.md")))
        .results()
        .map((MatchResult section) -> section.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String constant(String code) {
    return code.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** Whether it is there as a word. */
  private static boolean names(String text, String word) {
    return Pattern.compile("(?<![\\w-])" + Pattern.quote(word) + "(?![\\w-])").matcher(text).find();
  }

  /** All tests that are wanted, in one text. */
  private static String sources(Predicate<Path> wanted) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> all = Files.walk(ROOT)) {
      for (Path path :
          all.filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/test/"))
              .filter(wanted)
              .toList()) {
        text.append(Files.readString(path));
      }
    }
    return text.toString();
  }
}
