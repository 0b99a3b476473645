package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.podidentity.api.model.PlantedShapes;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ShapeTest {
  private static final JavaClasses WITH_PLANTED =
      ProductCode.everything(
          PlantedShapes.class, PlantedShapes.Printing.class, PlantedShapes.Silent.class);
  private static final JavaClasses CODE =
      WITH_PLANTED.that(
          describe("are ours", type -> !type.getName().startsWith(PlantedShapes.class.getName())));

  @ParameterizedTest
  @MethodSource("rules")
  void codeKeepsTheRule(ArchRule rule) {
    rule.check(CODE);
  }

  static List<ArchRule> rules() {
    return Shape.rules();
  }

  @ParameterizedTest
  @MethodSource("plants")
  void ruleFindsThePlantedViolations(ArchRule rule, List<String> planted) {
    String report = rule.evaluate(WITH_PLANTED).getFailureReport().toString();

    assertThat(planted).allSatisfy(name -> assertThat(report).contains(name));
    assertThat(report).doesNotContain("Silent");
  }

  static Stream<Arguments> plants() {
    return Stream.of(
        plant(Shape.modelTypesAreValues(), "PlantedShapes.changes"),
        plant(Shape.modelTypesAreRecordsEnumsOrSealed(), "PlantedShapes is no record"),
        plant(Shape.nothingIsOpenByAccident(), "PlantedShapes"),
        plant(Shape.recordsDoNotPrintSecrets(), "PlantedShapes$Printing"),
        plant(
            Shape.onlyMainsExit(),
            "PlantedShapes.exits",
            "PlantedShapes.environment",
            "PlantedShapes.hook",
            "PlantedShapes.halt"));
  }

  private static Arguments plant(ArchRule rule, String... names) {
    return argumentSet(rule.getDescription(), rule, List.of(names));
  }
}
