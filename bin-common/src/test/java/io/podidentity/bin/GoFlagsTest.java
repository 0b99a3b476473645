package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

class GoFlagsTest {
  private static final ProgramVersion VERSION = new ProgramVersion("nmi", "1.2.3", "abc", "today");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Sample sample = new Sample();
  private final GoFlags flags = new GoFlags(sample, VERSION);

  @Command(name = "nmi")
  static final class Sample {
    @Flag(names = "--node")
    String node = "none";

    @Flag(names = "--nmi-port")
    int port = 2579;

    @Flag(names = "--enableScaleFeatures")
    boolean scale = true;

    @Flag(names = "--interval")
    Duration interval = Duration.ofMinutes(3);

    @WithoutEffect
    @Flag(names = "--old")
    boolean old;

    @FlagGroup CommonFlags common = new CommonFlags(9090);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-node=n1", "--node=n1", "-node n1", "--node n1"})
  void takesOneAndTwoDashesAndBothFormsOfAValue(String line) {
    assertThat(parse(line.split(" "))).isEmpty();

    assertThat(sample.node).isEqualTo("n1");
  }

  @Test
  void keepsDefaultsOfWhatIsNotGiven() {
    assertThat(parse("--node=n1")).isEmpty();

    assertThat(sample.port).isEqualTo(2579);
    assertThat(sample.scale).isTrue();
    assertThat(sample.interval).isEqualTo(Duration.ofMinutes(3));
  }

  @ParameterizedTest
  @CsvSource({
    "--enableScaleFeatures, true",
    "-enableScaleFeatures, true",
    "--enableScaleFeatures=true, true",
    "--enableScaleFeatures=T, true",
    "--enableScaleFeatures=TRUE, true",
    "--enableScaleFeatures=1, true",
    "--enableScaleFeatures=false, false",
    "--enableScaleFeatures=f, false",
    "--enableScaleFeatures=0, false",
    "-enableScaleFeatures=False, false",
  })
  void readsBooleansAsGoDoes(String argument, boolean expected) {
    sample.scale = !expected;

    assertThat(parse(argument)).isEmpty();

    assertThat(sample.scale).isEqualTo(expected);
  }

  @Test
  void lastOfRepeatedFlagsCounts() {
    assertThat(parse("--nmi-port=1", "-nmi-port", "2")).isEmpty();

    assertThat(sample.port).isEqualTo(2);
  }

  @Test
  void valueMayBeginWithADashOrHoldAnEqualsSign() {
    assertThat(parse("--node", "-x=y")).isEmpty();

    assertThat(sample.node).isEqualTo("-x=y");
  }

  @Test
  void valueMayBeEmpty() {
    assertThat(parse("--node=")).isEmpty();

    assertThat(sample.node).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nodes=x                    | unknown flag --nodes",
        "--nodes                      | unknown flag --nodes",
        "--nmi-port=x                 | flag --nmi-port: \"x\" is not a whole number",
        "--nmi-port=99999999999       | flag --nmi-port: \"99999999999\" is not a whole number",
        "--enableScaleFeatures=yes    | flag --enableScaleFeatures: \"yes\" is not a boolean",
        "--enableScaleFeatures false  | unexpected argument \"false\"",
        "--interval=3                 | flag --interval: \"3\" is not a duration",
        "--node                       | flag --node needs a value",
        "extra                        | unexpected argument \"extra\"",
        "--                           | unexpected argument \"--\"",
        "--node=n1 --old=             | flag --old: \"\" is not a boolean",
        "--log-format=xml             | flag --log-format: \"xml\" is not a log format",
      })
  void badFlagGetsOneLineAndCodeTwo(String line, String message) {
    assertThat(parse(line.strip().split(" +"))).hasValue(2);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("nmi: ")
        .contains(message)
        .endsWith("--help lists the flags" + System.lineSeparator())
        .hasLineCount(1);
    assertThat(out.size()).isZero();
  }

  // As v1's charts and manifests pass them: https://pkg.go.dev/k8s.io/klog/v2#InitFlags
  @Test
  void klogFlagsAreAcceptedAndNamed() {
    assertThat(
            parse(
                "--logtostderr", "-v=5", "--v", "2", "-v5", "-alsologtostderr=false", "--node=n1"))
        .isEmpty();

    assertThat(flags.withoutEffect())
        .containsExactly("logtostderr", "v", "v", "v", "alsologtostderr");
    assertThat(sample.node).isEqualTo("n1");
  }

  @Test
  void flagsWithoutEffectAreNamedOnlyIfTheyAreGiven() {
    assertThat(parse("--old", "--enableProfile=true", "--node=n1")).isEmpty();

    assertThat(flags.withoutEffect()).containsExactly("old", "enableProfile");
  }

  // In v1: "true" == os.Getenv("FORCENAMESPACED")
  @ParameterizedTest
  @CsvSource({"true, true", "True, false", "1, false", "'', false", ", false"})
  void environmentForcesNamespacesIfItSaysExactlyTrue(@Nullable String value, boolean forced) {
    assertThat(parse("--node=n1")).isEmpty();

    assertThat(sample.common.forceNamespaced(name -> value)).isEqualTo(forced);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-version", "--version=true"})
  void versionIsPrintedAndEndsTheProgramWell(String argument) {
    assertThat(parse(argument)).hasValue(0);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(VERSION.line() + System.lineSeparator());
    assertThat(err.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-help", "-h"})
  void helpListsTheFlags(String argument) {
    assertThat(parse(argument)).hasValue(0);

    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--nmi-port", "--version");
  }

  private OptionalInt parse(String... args) {
    return flags.parse(
        List.of(args),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }
}
