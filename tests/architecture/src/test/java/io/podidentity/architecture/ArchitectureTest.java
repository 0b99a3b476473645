package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.podidentity.architecture.Rules.Vendor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The product's code keeps the rules. */
final class ArchitectureTest {
  private static final JavaClasses LIBRARIES = ProductCode.libraries();
  private static final JavaClasses ALL = ProductCode.all();

  @ParameterizedTest
  @MethodSource("libraryRules")
  void librariesKeepTheRule(ArchRule rule) {
    rule.check(LIBRARIES);
  }

  static Stream<ArchRule> libraryRules() {
    return Stream.of(
        Rules.onion(),
        Rules.apiStandsAlone(),
        Rules.tokenDoesNotKnowAssignment(),
        Rules.assignmentDoesNotKnowToken(),
        Rules.portsAreInterfaces(),
        Rules.portsUseTheModelOnly(),
        Rules.apiPackagesAreFreeOfCycles(),
        VendorTypes.inNoPublicMethod());
  }

  @Test
  void modulesAreFreeOfCycles() {
    Rules.modulesAreFreeOfCycles().check(ALL);
  }

  @ParameterizedTest
  @MethodSource("vendors")
  void vendorStaysAtHome(Vendor vendor) {
    Rules.staysAtHome(vendor).check(ALL);
  }

  static List<Vendor> vendors() {
    return Vendor.all();
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(NullMarkedPackages.missingIn(ALL)).isEmpty();
  }

  /** A rule over a package that is empty, or was renamed, holds in silence. */
  @ParameterizedTest
  @MethodSource("namedPackages")
  void packageNamedInARuleHoldsClasses(String name) {
    assertThat(ALL.containPackage(name)).as(name).isTrue();
    assertThat(ALL.getPackage(name).getClassesInPackageTree())
        .as(name)
        .anyMatch(type -> !type.getSimpleName().equals("package-info"));
  }

  static Stream<String> namedPackages() {
    return Stream.of(
            ProductCode.LIBRARIES,
            ProductCode.PROGRAMS,
            Stream.of("model", "matching", "token", "assignment", "spi")
                .map(name -> ProductCode.API + "." + name)
                .toList())
        .flatMap(List::stream);
  }

  /** A vendor that nobody uses would make its rule idle. */
  @ParameterizedTest
  @MethodSource("vendors")
  void vendorIsUsedAtHome(Vendor vendor) {
    assertThat(ALL)
        .anyMatch(
            type ->
                type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(dependency -> vendor.owns(dependency.getTargetClass())));
  }
}
