package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.bin.GoDuration;
import io.podidentity.bin.GoFlags;
import io.podidentity.bin.GoFlagsHelp;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.harness.FlagTable;
import io.podidentity.harness.FlagTable.Flag;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine.Model.OptionSpec;

/** Every flag of v1's MIC, by the table in {@code v1-flags.tsv}, which says where it is from. */
class MicFlagsTest {
  static final List<Flag> FLAGS = FlagTable.read(MicFlagsTest.class, "v1-flags.tsv");

  private static final Path DOCUMENT = Path.of("..", "docs", "compatibility.md");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @FieldSource("FLAGS")
  void isTakenWithOneDashAndWithTwo(Flag flag) {
    String assignment = flag.name() + "=" + flag.defaultValue();

    assertThat(parse("-" + assignment)).isEmpty();
    assertThat(parse("--" + assignment)).isEmpty();
    if (flag.type().equals("bool")) {
      assertThat(parse("--" + flag.name()).isEmpty()).isEqualTo(!flag.name().equals("version"));
    } else {
      assertThat(parse("--" + flag.name(), flag.defaultValue())).isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("FLAGS")
  void hasTheDefaultOfVersionOne(Flag flag) {
    OptionSpec option = GoFlagsHelp.spec(new MicFlags()).findOption("--" + flag.name());
    if (flag.name().equals("version")) {
      assertThat(option).as("is GoFlags' own").isNull();
      return;
    }
    Object value = option.initialValue();

    if (flag.name().equals("clientQps")) {
      // The compatibility document says why.
      assertThat(value).isEqualTo(200.0);
    } else if (value instanceof Duration duration) {
      assertThat(duration).isEqualTo(GoDuration.parse(flag.defaultValue()));
    } else if (value instanceof Double number) {
      assertThat(number).isEqualTo(Double.parseDouble(flag.defaultValue()));
    } else {
      assertThat(value).hasToString(flag.defaultValue());
    }
  }

  @ParameterizedTest
  @FieldSource("FLAGS")
  void valueThatCannotBeReadIsOneLineAndCodeTwo(Flag flag) {
    for (String bad : flag.badValues()) {
      err.reset();

      assertThat(parse("--" + flag.name() + "=" + bad)).as(bad).hasValue(2);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .startsWith("mic: flag --" + flag.name() + ": \"" + bad + "\" ")
          .hasLineCount(1);
      assertThat(out.size()).isZero();
    }
  }

  @Test
  void theDocumentNamesThoseWithoutEffect() {
    Set<String> forGood = Set.of("enableProfile", "enableScaleFeatures");
    Set<String> expected =
        FLAGS.stream()
            .filter(this::isWithoutEffect)
            .map(Flag::name)
            .filter(name -> !forGood.contains(name))
            .collect(Collectors.toSet());

    assertThat(FlagTable.documentedWithoutEffect(DOCUMENT, "MIC")).isEqualTo(expected);
  }

  private boolean isWithoutEffect(Flag flag) {
    GoFlags flags = flags();
    var unused = parse(flags, "--" + flag.name() + "=" + flag.defaultValue());
    return !flags.withoutEffect().isEmpty();
  }

  private static GoFlags flags() {
    return new GoFlags(new MicFlags(), new ProgramVersion("mic", "1", "c", "d"));
  }

  private OptionalInt parse(String... arguments) {
    return parse(flags(), arguments);
  }

  private OptionalInt parse(GoFlags flags, String... arguments) {
    return flags.parse(
        List.of(arguments),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }
}
