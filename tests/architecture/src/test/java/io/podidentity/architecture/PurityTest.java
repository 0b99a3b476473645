package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.podidentity.api.matching.PlantedImpurities;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** podidentity-api can be embedded: it brings no logger, thread, state, setting or clock along. */
final class PurityTest {
  private static final JavaClasses WITH_PLANTED = ProductCode.all(PlantedImpurities.class);
  private static final JavaClasses CODE =
      WITH_PLANTED.that(
          describe("are ours", type -> !type.isEquivalentTo(PlantedImpurities.class)));

  @ParameterizedTest
  @MethodSource("rules")
  void apiKeepsTheRule(ArchRule rule) {
    rule.check(CODE);
  }

  static List<ArchRule> rules() {
    return Purity.rules();
  }

  /** Each planted line, by the name of its method or field. */
  @ParameterizedTest
  @MethodSource("plants")
  void ruleFindsEachPlantedViolation(ArchRule rule, List<String> planted) {
    String report = rule.evaluate(WITH_PLANTED).getFailureReport().toString();

    assertThat(planted)
        .allSatisfy(name -> assertThat(report).contains("PlantedImpurities." + name));
  }

  static Stream<Arguments> plants() {
    return Stream.of(
        plant(
            Purity.makesNoThread(),
            "newThread",
            "threadReference",
            "newPool",
            "commonPool",
            "jdkTimer",
            "timer",
            "parallel",
            "parallelSequence",
            "cleaner",
            "publisher"),
        plant(
            Purity.hasNoStaticState(),
            "counter",
            "array",
            "shared",
            "local",
            "list",
            "map",
            "builder",
            "holder",
            "queue",
            "tallies",
            "nested",
            "capturing",
            "comparator",
            "holding"),
        plant(Purity.readsNoSetting(), "property", "environment", "number", "processors", "locale"),
        plant(Purity.neitherLogsNorPrints(), "log", "systemLog", "print", "trace"),
        plant(Purity.doesNoIo(), "file", "http", "socket"),
        // Every other way to read one is PlantedHabits', and found by the same condition.
        plant(Purity.readsNoClock(), "now"));
  }

  private static Arguments plant(ArchRule rule, String... names) {
    return argumentSet(rule.getDescription(), rule, List.of(names));
  }

  @Test
  void nothingButThePlantedTypeIsPublicAndOfNoUseOutsideItsPackage() {
    assertThat(PublicByAccident.in(WITH_PLANTED))
        .containsExactly(PlantedImpurities.class.getName());
  }
}
