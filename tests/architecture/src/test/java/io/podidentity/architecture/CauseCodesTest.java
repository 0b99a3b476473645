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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each code of {@code docs/troubleshooting.md} is provoked by a test: by one of the running system,
 * or by one that is named here.
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
          "clock-skewed", "FindingsTest",
          "cluster-conflict", "StoreRefusalsTest",
          "target-not-permitted", "ArmComputeIdentitiesTest",
          // It is an exit code.
          "configuration-invalid", "CloudConfigTest");

  @Test
  void everyCodeIsProvokedByATest() throws IOException {
    String endToEnd = sources(path -> path.startsWith(ROOT.resolve("tests/e2e")));

    Set<String> unseen = new TreeSet<>();
    for (String code : codes()) {
      if (!names(endToEnd, code)) {
        unseen.add(code);
      }
    }

    assertThat(unseen).isEqualTo(new TreeSet<>(ELSEWHERE.keySet()));
  }

  @Test
  void testsElsewhereNameTheirCodes() throws IOException {
    for (Map.Entry<String, String> entry : ELSEWHERE.entrySet()) {
      String source = sources(path -> path.endsWith(entry.getValue() + ".java"));

      assertThat(names(source, entry.getKey()) || names(source, constant(entry.getKey())))
          .as("%s in %s", entry.getKey(), entry.getValue())
          .isTrue();
    }
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
