package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each fragment says what kind of change it is, as docs/releasing.md wants. */
final class ChangelogTest {
  private static final Path FRAGMENTS = Path.of("..", "..", "changelog", "unreleased");
  private static final Pattern FORM =
      Pattern.compile(
          "(?:Added|Changed|Deprecated|Removed|Fixed|Security): \\S.*\\.\n", Pattern.DOTALL);

  @Test
  void everyFragmentSaysWhatKindOfChangeItIs() throws IOException {
    List<Path> fragments;
    try (Stream<Path> files = Files.list(FRAGMENTS)) {
      fragments = files.sorted().toList();
    }

    assertThat(fragments)
        .isNotEmpty()
        .allSatisfy(
            fragment -> {
              assertThat(fragment.toString()).endsWith(".md");
              assertThat(Files.readString(fragment)).as("%s", fragment).matches(FORM);
            });
  }
}
