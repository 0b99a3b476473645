package io.podidentity.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells static fields that can never change, nor what they hold, from all others. */
final class Constants {
  private static final Set<String> COLLECTIONS =
      Set.of(List.class.getName(), Set.class.getName(), Map.class.getName());

  private static final Set<String> VALUES = Set.of(String.class.getName(), Pattern.class.getName());

  private Constants() {}

  static ArchCondition<JavaField> beConstants() {
    return new ArchCondition<>("be constants") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        if (!isConstant(field)) {
          events.add(SimpleConditionEvent.violated(field, field.getFullName() + " can change"));
        }
      }
    };
  }

  private static boolean isConstant(JavaField field) {
    if (!field.getModifiers().contains(JavaModifier.FINAL)) {
      return false;
    }
    if (COLLECTIONS.contains(field.getRawType().getName())) {
      return isUnmodifiable(valueOf(field));
    }
    return field.getRawType().isInterface()
        ? holdsNothing(valueOf(field).getClass())
        : neverChanges(field.getRawType(), new HashSet<>());
  }

  /** A lambda, also the one that a factory of comparators gives; or a class without a field. */
  private static boolean holdsNothing(Class<?> type) {
    return type.isHidden()
        || (type.getSuperclass() == Object.class && type.getDeclaredFields().length == 0);
  }

  private static boolean neverChanges(JavaClass type, Set<JavaClass> seen) {
    return type.isPrimitive()
        || VALUES.contains(type.getName())
        || COLLECTIONS.contains(type.getName())
        || type.getPackageName().equals("java.time")
        || (isOurs(type) && (!seen.add(type) || holdsOnly(type, seen)));
  }

  private static boolean isOurs(JavaClass type) {
    return (type.getPackageName() + ".").startsWith(ProductCode.API + ".");
  }

  private static boolean holdsOnly(JavaClass type, Set<JavaClass> seen) {
    return type.getFields().stream()
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
        .allMatch(
            field ->
                field.getModifiers().contains(JavaModifier.FINAL)
                    && neverChanges(field.getRawType(), seen));
  }

  private static boolean isUnmodifiable(Object value) {
    try {
      if (value instanceof Map<?, ?> map) {
        map.clear();
      } else {
        ((Collection<?>) value).clear();
      }
      return false;
    } catch (UnsupportedOperationException e) {
      return true;
    }
  }

  private static Object valueOf(JavaField field) {
    try {
      Field reflected = field.reflect();
      reflected.setAccessible(true);
      return reflected.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
