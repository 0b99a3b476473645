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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The code in docs/embedding.md is that of the examples. Each quotation has a comment before it
 * that names the file and the part, which lies there between {@code // snippet: PART} and {@code //
 * end}. The quotations are written anew with {@code -Dpodidentity.snippets=write}.
 */
final class SnippetsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Path DOCUMENT = ROOT.resolve("docs/embedding.md");
  private static final Pattern QUOTATION =
      Pattern.compile(
          "<!-- snippet: (\\S+) (\\S+) -->\n(?:\n?```java\n.*?\n```\n)?", Pattern.DOTALL);
  private static final Pattern PART =
      Pattern.compile("(?m)^ *// snippet: (\\S+)\n(.*?)\n *// end$", Pattern.DOTALL);

  @Test
  void quotationsAreWhatTheExamplesSay() throws IOException {
    String document = Files.readString(DOCUMENT);
    String right = QUOTATION.matcher(document).replaceAll(SnippetsTest::quote);
    if (System.getProperty("podidentity.snippets", "").equals("write")) {
      document = right;
      Files.writeString(DOCUMENT, document);
    }

    assertThat(document).isEqualTo(right);
    assertThat(QUOTATION.matcher(document).results()).hasSizeGreaterThan(5);
  }

  @Test
  void everyMarkedPartIsQuoted() throws IOException {
    Set<String> quoted = new TreeSet<>();
    QUOTATION
        .matcher(Files.readString(DOCUMENT))
        .results()
        .forEach(found -> quoted.add(found.group(1) + " " + found.group(2)));
    Set<String> marked = new TreeSet<>();
    for (Path source : sources()) {
      parts(source).forEach(part -> marked.add(ROOT.relativize(source) + " " + part.group(1)));
    }

    assertThat(quoted).isEqualTo(marked);
  }

  private static String quote(MatchResult quotation) {
    Path source = ROOT.resolve(quotation.group(1));
    String code =
        parts(source)
            .filter(part -> part.group(1).equals(quotation.group(2)))
            .map(part -> part.group(2).stripTrailing().stripIndent())
            .findFirst()
            .orElseThrow(() -> new AssertionError("no such part: " + quotation.group()));
    return Matcher.quoteReplacement(
        "<!-- snippet: %s %s -->\n\n```java\n%s\n```\n"
            .formatted(quotation.group(1), quotation.group(2), code));
  }

  private static Stream<MatchResult> parts(Path source) {
    try {
      return PART.matcher(Files.readString(source)).results().toList().stream();
    } catch (IOException e) {
      throw new AssertionError("no such file: " + source, e);
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> all = Files.walk(ROOT.resolve("examples"))) {
      return all.filter(path -> path.toString().contains("src/main"))
          .filter(path -> path.toString().endsWith(".java"))
          .toList();
    }
  }
}
