package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.onionArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;

/** The rules, each under the name by which documents and messages call it. */
final class Rules {
  private static final String ROOT = "io.podidentity.api";
  private static final String MODEL = "io.podidentity.api.model..";
  private static final String SPI = "io.podidentity.api.spi..";
  private static final String TELEMETRY = "io.podidentity.api.telemetry..";
  private static final String TOKEN = "io.podidentity.api.token..";
  private static final String ASSIGNMENT = "io.podidentity.api.assignment..";
  private static final String EXPLAIN = "io.podidentity.api.explain..";
  private static final String EMBED = "io.podidentity.api.embed..";

  private Rules() {}

  /** Model inside, rules around it, use cases and ports around those; adapters know no other. */
  static ArchRule onion() {
    return onionArchitecture()
        .domainModels(ROOT, MODEL)
        .domainServices("io.podidentity.api.matching..", "io.podidentity.api.federation..")
        .applicationServices(TOKEN, ASSIGNMENT, EXPLAIN, EMBED, SPI, TELEMETRY)
        .adapter("azure", "io.podidentity.azure..")
        .adapter("k8s", "io.podidentity.k8s..")
        .adapter("iptables", "io.podidentity.iptables..")
        .ensureAllClassesAreContainedInArchitecture();
  }

  /** An allow list, so that it catches tomorrow's dependency too. */
  static ArchRule apiStandsAlone() {
    return classes()
        .that()
        .resideInAPackage("io.podidentity.api..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "io.podidentity.api..",
            // Behind CachingTokenSource; see docs/adr/0006.
            "com.github.benmanes.caffeine..");
  }

  /** Two use cases; what both need lies below them. */
  static ArchRule tokenDoesNotKnowAssignment() {
    return noClasses()
        .that()
        .resideInAPackage(TOKEN)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ASSIGNMENT);
  }

  /** The other way round. */
  static ArchRule assignmentDoesNotKnowToken() {
    return noClasses()
        .that()
        .resideInAPackage(ASSIGNMENT)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(TOKEN);
  }

  /** A port is an interface. */
  static ArchRule portsAreInterfaces() {
    return classes()
        .that()
        .resideInAPackage(SPI)
        // A package-info is compiled to a class file of its own.
        .and(describe("are not package-info", type -> !type.getSimpleName().equals("package-info")))
        // Telemetry.NOOP is an anonymous class inside its interface.
        .and()
        .areTopLevelClasses()
        .should()
        .beInterfaces();
  }

  /** A port speaks in the model's terms. */
  static ArchRule portsUseTheModelOnly() {
    return classes()
        .that()
        .resideInAPackage(SPI)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", "org.jspecify..", MODEL, SPI)
                .or(describe("the root types", type -> type.getPackageName().equals(ROOT))));
  }

  /** No two modules need each other. */
  static ArchRule modulesAreFreeOfCycles() {
    return slices().matching("io.podidentity.(*)..").should().beFreeOfCycles();
  }

  /** No two packages of the API need each other. */
  static ArchRule apiPackagesAreFreeOfCycles() {
    return slices().matching("io.podidentity.api.(*)..").should().beFreeOfCycles();
  }

  /** No two packages need each other, in any module; a module's own package is one of them. */
  static ArchRule packagesAreFreeOfCycles() {
    return slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith("io.podidentity.")
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .should()
        .beFreeOfCycles();
  }

  /** A vendor's types are used in its home only. */
  static ArchRule staysAtHome(Vendor vendor) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(vendor.homes().toArray(String[]::new))
        .should()
        .dependOnClassesThat(describe(vendor.name(), vendor::owns));
  }

  /**
   * Types of others, and the packages that may use them.
   *
   * @param types packages ({@code a.b..}) or class names
   */
  record Vendor(String name, List<String> types, List<String> homes) {
    static List<Vendor> all() {
      return List.of(
          new Vendor(
              "Azure's SDK",
              List.of("com.azure..", "com.microsoft.aad.."),
              List.of("io.podidentity.azure..")),
          new Vendor("fabric8", List.of("io.fabric8.."), List.of("io.podidentity.k8s..")),
          new Vendor(
              "Undertow",
              List.of("io.undertow..", "org.xnio.."),
              List.of("io.podidentity.bin..", "io.podidentity.nmi..", "io.podidentity.mic..")),
          new Vendor(
              "native calls and processes",
              List.of("jnr..", "java.lang.ProcessBuilder", "java.lang.Process"),
              List.of("io.podidentity.iptables..")));
    }

    boolean owns(JavaClass type) {
      return types.stream()
          .anyMatch(
              own ->
                  own.endsWith("..")
                      ? resideInAnyPackage(own).test(type)
                      : type.getName().equals(own));
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
