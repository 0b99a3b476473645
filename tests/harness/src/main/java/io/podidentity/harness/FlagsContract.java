package io.podidentity.harness;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.FlagTable.Flag;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What holds for every flag of one of v1's programs, by the table {@code v1-flags.tsv} beside the
 * test that extends this, which says where it is from.
 */
public abstract class FlagsContract {
  private static final Path DOCUMENT = Path.of("..", "docs", "compatibility.md");

  /** Of ours too, and without a value to read back. */
  private static final String VERSION = "version";

  private final String program;
  private final Map<String, Object> otherDefaults;
  private final Set<String> withoutEffectInV1;
  private final List<Flag> flags = FlagTable.read(getClass(), "v1-flags.tsv");

  /**
   * For a program.
   *
   * @param program its name, in lower case
   * @param otherDefaults the defaults that are not v1's, by the flags' names; each a row of the
   *     compatibility document
   * @param withoutEffectInV1 the flags that v1 ignores too, or nearly
   */
  protected FlagsContract(
      String program, Map<String, Object> otherDefaults, Set<String> withoutEffectInV1) {
    this.program = program;
    this.otherDefaults = Map.copyOf(otherDefaults);
    this.withoutEffectInV1 = Set.copyOf(withoutEffectInV1);
  }

  /**
   * The program's flags, before anything is read into them.
   *
   * @param parser reads arguments into them
   * @param withoutEffect gives those that were given and have no effect
   * @param value gives what a flag, named with its dashes, has now
   */
  public record CommandLine(
      Parser parser, Supplier<List<String>> withoutEffect, Function<String, Object> value) {}

  /** Reads arguments. */
  @FunctionalInterface
  public interface Parser {
    /** The code to exit with at once; empty if the program would go on. */
    OptionalInt parse(List<String> arguments, PrintStream out, PrintStream err);
  }

  /** A new one for each call. */
  protected abstract CommandLine commandLine();

  @TestFactory
  final Stream<DynamicTest> isTakenWithOneDashAndWithTwo() {
    return each(
        flag -> {
          String assignment = flag.name() + "=" + flag.defaultValue();

          assertThat(new Parsed("-" + assignment).exit).isEmpty();
          assertThat(new Parsed("--" + assignment).exit).isEmpty();
          if (flag.type().equals("bool")) {
            assertThat(new Parsed("--" + flag.name()).exit.isEmpty())
                .isEqualTo(!flag.name().equals(VERSION));
          } else {
            assertThat(new Parsed("--" + flag.name(), flag.defaultValue()).exit).isEmpty();
          }
        });
  }

  @TestFactory
  final Stream<DynamicTest> hasTheDefaultOfVersionOne() {
    return each(
        flag -> {
          if (flag.name().equals(VERSION)) {
            return;
          }
          String name = "--" + flag.name();
          Object given = new Parsed(name + "=" + flag.defaultValue()).line.value().apply(name);

          assertThat(commandLine().value().apply(name))
              .isEqualTo(otherDefaults.getOrDefault(flag.name(), given));
        });
  }

  @TestFactory
  final Stream<DynamicTest> valueThatCannotBeReadIsOneLineAndCodeTwo() {
    return each(
        flag -> {
          for (String bad : flag.badValues()) {
            Parsed parsed = new Parsed("--" + flag.name() + "=" + bad);

            assertThat(parsed.exit).as(bad).hasValue(2);
            assertThat(parsed.err.toString(StandardCharsets.UTF_8))
                .startsWith(program + ": flag --" + flag.name() + ": \"" + bad + "\" ")
                .hasLineCount(1);
            assertThat(parsed.out.size()).isZero();
          }
        });
  }

  @Test
  final void theDocumentNamesThoseWithoutEffect() {
    Set<String> expected =
        flags.stream()
            .filter(this::isWithoutEffect)
            .map(Flag::name)
            .filter(name -> !withoutEffectInV1.contains(name))
            .collect(toSet());

    assertThat(FlagTable.documentedWithoutEffect(DOCUMENT, program.toUpperCase(Locale.ROOT)))
        .isEqualTo(expected);
  }

  private boolean isWithoutEffect(Flag flag) {
    Parsed parsed = new Parsed("--" + flag.name() + "=" + flag.defaultValue());
    return !parsed.line.withoutEffect().get().isEmpty();
  }

  private Stream<DynamicTest> each(Consumer<Flag> test) {
    return flags.stream()
        .map(flag -> DynamicTest.dynamicTest(flag.name(), () -> test.accept(flag)));
  }

  /** What came of a command line. */
  private final class Parsed {
    private final CommandLine line = commandLine();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final OptionalInt exit;

    Parsed(String... arguments) {
      exit =
          line.parser()
              .parse(
                  List.of(arguments),
                  new PrintStream(out, true, StandardCharsets.UTF_8),
                  new PrintStream(err, true, StandardCharsets.UTF_8));
    }
  }
}
