package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static io.podidentity.architecture.Accesses.nameOf;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.security.PrivateKey;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** How types are made. */
final class Shape {
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(token|secret|password|assertion|privatekey)s?");
  private static final Set<Class<?>> SECRET_TYPES =
      Set.of(String.class, char[].class, byte[].class, PrivateKey.class);

  private static final Set<String> ENDS =
      Set.of(
          "java.lang.System.exit",
          "java.lang.System.getenv",
          "java.lang.Runtime.exit",
          "java.lang.Runtime.halt",
          "java.lang.Runtime.addShutdownHook");

  private Shape() {}

  static List<ArchRule> rules() {
    return List.of(
        modelTypesAreValues(),
        modelTypesAreRecordsEnumsOrSealed(),
        nothingIsOpenByAccident(),
        recordsDoNotPrintSecrets(),
        onlyMainsExit());
  }

  /** Whoever has one may hand it on: nobody changes it. */
  static ArchRule modelTypesAreValues() {
    return classes()
        .that()
        .resideInAPackage("io.podidentity.api.model..")
        .and()
        .areNotInterfaces()
        .should()
        .haveOnlyFinalFields();
  }

  /** One of a closed set, or what is in it; helpers are no types of the model. */
  static ArchRule modelTypesAreRecordsEnumsOrSealed() {
    return classes()
        .that()
        .resideInAPackage("io.podidentity.api.model..")
        .and()
        .arePublic()
        .should()
        .beRecords()
        .orShould()
        .beEnums()
        .orShould(
            new ArchCondition<>("be sealed") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean closed = type.reflect().isSealed();
                events.add(
                    new SimpleConditionEvent(
                        type, closed, type.getName() + " is no record, enum or sealed type"));
              }
            });
  }

  /** A class is made to be extended, or cannot be. */
  static ArchRule nothingIsOpenByAccident() {
    return classes()
        .that()
        .resideInAPackage("io.podidentity..")
        .and()
        .arePublic()
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and(
            describe(
                "are not abstract, nor the vendor's to extend",
                type ->
                    !type.getModifiers().contains(JavaModifier.ABSTRACT)
                        && !type.getPackageName().equals("io.podidentity.k8s.crd")))
        .should()
        .haveModifier(JavaModifier.FINAL);
  }

  /** A record prints all that it holds, unless it says otherwise. */
  static ArchRule recordsDoNotPrintSecrets() {
    return classes()
        .that()
        .areRecords()
        .and()
        // Holds the names of settings.
        .doNotHaveSimpleName("CloudConfigNames")
        .and(describe("hold a secret", type -> type.getFields().stream().anyMatch(Shape::isSecret)))
        .should(
            new ArchCondition<>("say how they print") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                // The one that the compiler writes goes through no field of its own.
                boolean own =
                    type.tryGetMethod("toString")
                        .filter(method -> !method.getAccessesFromSelf().isEmpty())
                        .isPresent();
                events.add(
                    new SimpleConditionEvent(type, own, type.getName() + " prints what it holds"));
              }
            });
  }

  private static boolean isSecret(JavaField field) {
    return SECRET.matcher(field.getName()).matches()
        && !field.getModifiers().contains(JavaModifier.STATIC)
        && SECRET_TYPES.stream().anyMatch(type -> field.getRawType().isEquivalentTo(type));
  }

  /** A program's end and its environment are its main's affair. */
  static ArchRule onlyMainsExit() {
    return Accesses.none(
        describe(
            "are neither a main nor what it exits by",
            type -> !type.getSimpleName().matches("\\w*(Main|Shutdown|OnExit|Environment)")),
        "exit, or read the environment",
        access -> ENDS.contains(nameOf(access)));
  }
}
