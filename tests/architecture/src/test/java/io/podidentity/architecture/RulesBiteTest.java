package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.podidentity.api.PlantedOutsideHome;
import io.podidentity.api.PlantedRootUsesAnAdapter;
import io.podidentity.api.assignment.PlantedAssignmentUsesToken;
import io.podidentity.api.matching.PlantedApiUsesALogger;
import io.podidentity.api.model.PlantedModelUsesTheBroker;
import io.podidentity.api.spi.PlantedPortThatIsAClass;
import io.podidentity.api.spi.PlantedPortThatUsesMatching;
import io.podidentity.api.token.PlantedTokenUsesAssignment;
import io.podidentity.api.unmarked.PlantedInAnUnmarkedPackage;
import io.podidentity.architecture.Rules.Vendor;
import io.podidentity.azure.PlantedAzureUsesK8s;
import io.podidentity.k8s.PlantedVendorInASignature;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule finds the class that was planted to break it. */
final class RulesBiteTest {
  private static final JavaClasses CODE =
      ProductCode.libraries(
          PlantedApiUsesALogger.class,
          PlantedAssignmentUsesToken.class,
          PlantedAzureUsesK8s.class,
          PlantedInAnUnmarkedPackage.class,
          PlantedModelUsesTheBroker.class,
          PlantedOutsideHome.class,
          PlantedPortThatIsAClass.class,
          PlantedPortThatUsesMatching.class,
          PlantedRootUsesAnAdapter.class,
          PlantedTokenUsesAssignment.class,
          PlantedVendorInASignature.class);

  @ParameterizedTest
  @MethodSource("plants")
  void ruleFindsThePlantedViolation(ArchRule rule, Class<?> planted) {
    assertThat(rule.evaluate(CODE).getFailureReport().toString()).contains(planted.getSimpleName());
  }

  static Stream<Arguments> plants() {
    return Stream.of(
        plant(Rules.onion(), PlantedModelUsesTheBroker.class),
        plant(Rules.onion(), PlantedAzureUsesK8s.class),
        plant(Rules.apiStandsAlone(), PlantedApiUsesALogger.class),
        plant(Rules.tokenDoesNotKnowAssignment(), PlantedTokenUsesAssignment.class),
        plant(Rules.assignmentDoesNotKnowToken(), PlantedAssignmentUsesToken.class),
        plant(Rules.portsAreInterfaces(), PlantedPortThatIsAClass.class),
        plant(Rules.portsUseTheModelOnly(), PlantedPortThatUsesMatching.class),
        plant(Rules.apiPackagesAreFreeOfCycles(), PlantedModelUsesTheBroker.class),
        plant(Rules.modulesAreFreeOfCycles(), PlantedRootUsesAnAdapter.class),
        plant(VendorTypes.inNoPublicMethod(), PlantedVendorInASignature.class));
  }

  private static Arguments plant(ArchRule rule, Class<?> planted) {
    return argumentSet(planted.getSimpleName(), rule, planted);
  }

  @ParameterizedTest
  @MethodSource("vendors")
  void vendorOutsideItsHomeIsFound(Vendor vendor) {
    assertThat(Rules.staysAtHome(vendor).evaluate(CODE).getFailureReport().toString())
        .contains(PlantedOutsideHome.class.getSimpleName());
  }

  static List<Vendor> vendors() {
    return Vendor.all();
  }

  @Test
  void packageWithoutNullMarkedIsFound() {
    assertThat(NullMarkedPackages.missingIn(CODE))
        .contains(PlantedInAnUnmarkedPackage.class.getPackageName());
  }
}
