package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.podidentity.azure.PlantedHabits;
import io.podidentity.azure.http.PlantedHalfACycle;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every module keeps to what podidentity-api keeps to, but for what its part in the world asks. */
final class HabitsTest {
  private static final JavaClasses WITH_PLANTED =
      ProductCode.everything(
          PlantedHabits.class, PlantedHabits.OwnException.class, PlantedHalfACycle.class);
  private static final JavaClasses CODE =
      WITH_PLANTED.that(
          describe("are ours", type -> !type.getName().matches(".*\\.Planted\\w+(\\$\\w+)?")));
  private static final JavaClasses WITHOUT_THE_TEST_KIT =
      CODE.that(
          describe(
              "are not of the test kit",
              type -> !type.getPackageName().startsWith(ProductCode.TEST_KIT)));

  @ParameterizedTest
  @MethodSource("rules")
  void everyModuleKeepsTheRule(ArchRule rule) {
    rule.check(CODE);
  }

  static List<ArchRule> rules() {
    return List.of(
        Habits.printsInMainsOnly(),
        Habits.usesNoJavaUtilLogging(),
        Habits.throwsNothingGeneric(),
        Habits.hasOneException(),
        Rules.packagesAreFreeOfCycles());
  }

  @ParameterizedTest
  @MethodSource("rulesOfTheProduct")
  void everyModuleButTheTestKitKeepsTheRule(ArchRule rule) {
    rule.check(WITHOUT_THE_TEST_KIT);
  }

  static List<ArchRule> rulesOfTheProduct() {
    return List.of(
        Habits.takesTimeFromOthers(), Habits.looksNoNamesUp(), Habits.usesNoCommonPool());
  }

  /** Each planted line, by the name of its method or type. */
  @ParameterizedTest
  @MethodSource("plants")
  void ruleFindsEachPlantedViolation(ArchRule rule, List<String> planted) {
    String report = rule.evaluate(WITH_PLANTED).getFailureReport().toString();

    assertThat(planted).allSatisfy(name -> assertThat(report).contains("Planted" + name));
  }

  static Stream<Arguments> plants() {
    return Stream.of(
        plant(
            Habits.takesTimeFromOthers(),
            "Habits.now",
            "Habits.millis",
            "Habits.sleep",
            "Habits.otherSleep",
            "Habits.clock",
            "Habits.timeOfDay",
            "Habits.day",
            "Habits.moment",
            "Habits.zonedClock",
            "Habits.ticking",
            "Habits.date",
            "Habits.calendar",
            "Habits.source"),
        plant(Habits.printsInMainsOnly(), "Habits.out", "Habits.err", "Habits.trace"),
        plant(Habits.looksNoNamesUp(), "Habits.lookUp", "Habits.lookUpAll"),
        plant(
            Habits.usesNoCommonPool(),
            "Habits.supply",
            "Habits.afterwards",
            "Habits.chained",
            "Habits.delayed",
            "Habits.pool",
            "Habits.parallel",
            "Habits.parallelStream"),
        plant(Habits.usesNoJavaUtilLogging(), "Habits.log"),
        plant(Habits.throwsNothingGeneric(), "Habits.fail"),
        plant(Habits.hasOneException(), "Habits$OwnException"),
        plant(Rules.packagesAreFreeOfCycles(), "HalfACycle.source"));
  }

  private static Arguments plant(ArchRule rule, String... names) {
    return argumentSet(rule.getDescription(), rule, List.of(names));
  }
}
