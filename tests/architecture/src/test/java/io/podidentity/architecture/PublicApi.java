package io.podidentity.architecture;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What others can call or implement of a module, as text: a line for each public type, and for each
 * public or protected member that it declares.
 */
final class PublicApi {
  private static final List<String> OF_EVERY_ENUM = List.of("values", "valueOf");
  private static final List<String> OF_EVERY_RECORD = List.of("equals", "hashCode", "toString");

  private PublicApi() {}

  /** The types in the order of their names, each followed by its members. */
  static List<String> describe(Stream<Class<?>> types) {
    return types
        .filter(PublicApi::isVisible)
        .sorted(Comparator.comparing(Class::getName))
        .flatMap(PublicApi::lines)
        .toList();
  }

  static boolean isVisible(Class<?> type) {
    Class<?> around = type.getEnclosingClass();
    return isOpen(type.getModifiers())
        && !type.isAnonymousClass()
        && (around == null || isVisible(around));
  }

  private static boolean isOpen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static Stream<String> lines(Class<?> type) {
    String name = type.getName().replace('$', '.');
    Stream<String> members =
        Stream.<Stream<String>>of(
                Arrays.stream(type.getDeclaredFields())
                    .filter(PublicApi::isShown)
                    .map(PublicApi::field),
                Arrays.stream(type.getDeclaredConstructors())
                    .filter(PublicApi::isShown)
                    .map(PublicApi::constructor),
                Arrays.stream(type.getDeclaredMethods())
                    .filter(PublicApi::isShown)
                    .filter(method -> !isImplied(method))
                    .map(PublicApi::method))
            .flatMap(each -> each)
            .map(member -> name + ": " + member)
            .sorted();
    return Stream.concat(Stream.of(name + " " + kind(type)), members);
  }

  private static boolean isShown(Member member) {
    return isOpen(member.getModifiers()) && !member.isSynthetic();
  }

  private static boolean isImplied(Method method) {
    Class<?> type = method.getDeclaringClass();
    return (type.isEnum() && OF_EVERY_ENUM.contains(method.getName()))
        || (type.isRecord() && OF_EVERY_RECORD.contains(method.getName()));
  }

  private static String kind(Class<?> type) {
    String sealed = type.isSealed() ? "sealed " : "";
    if (type.isRecord()) {
      return "(record)" + implemented(type);
    }
    if (type.isEnum()) {
      return "(enum)" + implemented(type);
    }
    if (type.isInterface()) {
      return "(" + sealed + "interface)" + implemented(type);
    }
    String modifiers =
        Modifier.toString(type.getModifiers() & (Modifier.FINAL | Modifier.ABSTRACT));
    return "("
        + (modifiers.isEmpty() ? "" : modifiers + " ")
        + sealed
        + "class)"
        + implemented(type);
  }

  private static String implemented(Class<?> type) {
    String parents =
        Stream.concat(Stream.ofNullable(parent(type)), Arrays.stream(type.getGenericInterfaces()))
            .map(PublicApi::simple)
            .collect(joining(", "));
    return parents.isEmpty() ? "" : " is " + parents;
  }

  private static @Nullable Type parent(Class<?> type) {
    Class<?> parent = type.getSuperclass();
    boolean implied = parent == null || parent == Object.class || type.isRecord() || type.isEnum();
    return implied ? null : type.getGenericSuperclass();
  }

  private static String field(Field field) {
    return modifiers(field) + simple(field.getAnnotatedType(), field) + " " + field.getName();
  }

  private static String constructor(Constructor<?> constructor) {
    return modifiers(constructor) + "new" + parameters(constructor);
  }

  private static String method(Method method) {
    String isDefault = method.isDefault() ? "default " : "";
    return isDefault
        + modifiers(method)
        + simple(method.getAnnotatedReturnType(), method)
        + " "
        + method.getName()
        + parameters(method);
  }

  private static String modifiers(Member member) {
    int shown = Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT;
    if (member.getDeclaringClass().isInterface()) {
      shown = Modifier.STATIC;
    }
    String text = Modifier.toString(member.getModifiers() & shown);
    return text.isEmpty() ? "" : text + " ";
  }

  private static String parameters(Executable executable) {
    return Arrays.stream(executable.getAnnotatedParameterTypes())
        .map(type -> simple(type, type))
        .collect(joining(", ", "(", ")"));
  }

  private static String simple(AnnotatedType type, AnnotatedElement where) {
    boolean nullable =
        type.isAnnotationPresent(Nullable.class) || where.isAnnotationPresent(Nullable.class);
    return (nullable ? "@Nullable " : "") + simple(type.getType());
  }

  private static String simple(Type type) {
    return type.getTypeName().replaceAll("[a-z][A-Za-z0-9_]*\\.", "").replace('$', '.');
  }
}
