package io.podidentity.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds what others can see of a public type and cannot name: types of ours that are not public, in
 * what it implements, and in the signatures of its public and protected members. A class that is
 * not public may be extended by one that is: then its members are looked at too.
 */
final class HiddenTypes {
  private HiddenTypes() {}

  /** A line for each place and type, sorted. */
  static List<String> shownBy(JavaClasses code) {
    return code.stream()
        .filter(HiddenTypes::isOpen)
        .flatMap(
            type ->
                Stream.concat(
                    lines(type.getName(), aboveOf(type)),
                    membersOf(type)
                        .filter(HiddenTypes::isShown)
                        .flatMap(member -> lines(member.getFullName(), typesOf(member)))))
        .sorted()
        .toList();
  }

  private static Stream<String> lines(String where, Stream<? extends JavaType> types) {
    return hidden(types).stream().map(type -> where + " shows " + type.getName());
  }

  private static Set<JavaClass> hidden(Stream<? extends JavaType> types) {
    return types
        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
        .map(JavaClass::getBaseComponentType)
        .filter(type -> type.getPackageName().startsWith("io.podidentity"))
        .filter(type -> !isOpen(type))
        .collect(Collectors.toSet());
  }

  private static Stream<JavaMember> membersOf(JavaClass type) {
    return Stream.concat(
        type.getMembers().stream(),
        type.getRawSuperclass().stream()
            .filter(parent -> !isOpen(parent))
            .flatMap(HiddenTypes::membersOf));
  }

  private static Stream<JavaType> aboveOf(JavaClass type) {
    return Stream.of(
            type.getSuperclass().stream()
                .flatMap(parent -> parent.getAllInvolvedRawTypes().stream())
                .filter(shown -> !type.getRawSuperclass().equals(Optional.of(shown))),
            type.getInterfaces().stream(),
            type.getTypeParameters().stream().map(JavaType.class::cast))
        .flatMap(Function.identity());
  }

  private static Stream<? extends JavaType> typesOf(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit unit = (JavaCodeUnit) member;
    return Stream.of(
            Stream.of(unit.getReturnType()),
            unit.getParameterTypes().stream(),
            unit.getExceptionTypes().stream(),
            unit.getTypeParameters().stream())
        .flatMap(Function.identity());
  }

  private static boolean isShown(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    return !modifiers.contains(JavaModifier.SYNTHETIC)
        && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
  }

  /** Whoever extends a public type sees what is protected in it. */
  private static boolean isOpen(JavaClass type) {
    Set<JavaModifier> modifiers = type.getModifiers();
    return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
        && type.getEnclosingClass().map(HiddenTypes::isOpen).orElse(true);
  }
}
