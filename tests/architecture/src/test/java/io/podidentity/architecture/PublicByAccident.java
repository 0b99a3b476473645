package io.podidentity.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds public types of the API that nobody outside their package needs: no code there uses them,
 * and no public method of another type shows them.
 */
final class PublicByAccident {
  /** What embedders call, and our own programs do without: the examples use it. */
  private static final Set<String> FOR_OTHERS = Set.of("EmbeddedBroker");

  private PublicByAccident() {}

  static List<String> in(JavaClasses code) {
    Set<JavaClass> shown =
        code.stream()
            .filter(PublicByAccident::isPublicApi)
            .flatMap(PublicByAccident::shownBy)
            .collect(Collectors.toSet());
    return code.stream()
        .filter(PublicByAccident::isPublicApi)
        .filter(type -> !shown.contains(type))
        .filter(type -> !isUsedFromOutside(type))
        .filter(type -> !FOR_OTHERS.contains(type.getSimpleName()))
        .map(JavaClass::getName)
        .sorted()
        .toList();
  }

  private static boolean isPublicApi(JavaClass type) {
    return (type.getPackageName() + ".").startsWith(ProductCode.API + ".")
        && isOpen(type)
        && !type.getSimpleName().equals("package-info");
  }

  /** What is declared in an interface is public by itself, however closed that is. */
  private static boolean isOpen(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(PublicByAccident::isOpen).orElse(true);
  }

  private static Stream<JavaClass> shownBy(JavaClass type) {
    return type.getCodeUnits().stream()
        .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
        .flatMap(PublicByAccident::signature)
        .filter(shown -> !shown.equals(type));
  }

  private static Stream<JavaClass> signature(JavaCodeUnit unit) {
    return Stream.concat(
        unit.getReturnType().getAllInvolvedRawTypes().stream(),
        unit.getParameterTypes().stream()
            .flatMap(parameter -> parameter.getAllInvolvedRawTypes().stream()));
  }

  private static boolean isUsedFromOutside(JavaClass type) {
    return type.getDirectDependenciesToSelf().stream()
        .anyMatch(use -> !use.getOriginClass().getPackage().equals(type.getPackage()));
  }
}
