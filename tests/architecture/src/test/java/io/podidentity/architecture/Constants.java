package io.podidentity.architecture;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells static fields that can never change, nor what they hold, from all others. */
final class Constants {
  private static final Set<Class<?>> VALUES =
      Set.of(
          String.class,
          Pattern.class,
          Boolean.class,
          Byte.class,
          Character.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class);

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
    return field.getModifiers().contains(JavaModifier.FINAL)
        && neverChanges(
            read(field.reflect(), null), Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static boolean neverChanges(@Nullable Object value, Set<Object> seen) {
    if (value == null || isValue(value.getClass()) || !seen.add(value)) {
      return true;
    }
    if (value instanceof Map<?, ?> map) {
      return isUnmodifiable(map::clear)
          && neverChange(map.keySet(), seen)
          && neverChange(map.values(), seen);
    }
    if (value instanceof Collection<?> all) {
      return isUnmodifiable(all::clear) && neverChange(all, seen);
    }
    return isOurs(value.getClass()) && holdsOnly(value, value.getClass(), seen);
  }

  private static boolean neverChange(Collection<?> values, Set<Object> seen) {
    return values.stream().allMatch(value -> neverChanges(value, seen));
  }

  private static boolean isValue(Class<?> type) {
    return VALUES.contains(type) || type.getPackageName().equals("java.time");
  }

  /** Lambdas too, also those that a factory of comparators gives: what they capture are fields. */
  private static boolean isOurs(Class<?> type) {
    return type.isHidden() || (type.getPackageName() + ".").startsWith(ProductCode.API + ".");
  }

  private static boolean holdsOnly(Object value, @Nullable Class<?> type, Set<Object> seen) {
    if (type == null || !isOurs(type)) {
      return type == Object.class || type == Record.class || type == Enum.class;
    }
    return Arrays.stream(type.getDeclaredFields())
            .filter(field -> !Modifier.isStatic(field.getModifiers()))
            .allMatch(
                field ->
                    Modifier.isFinal(field.getModifiers())
                        && neverChanges(read(field, value), seen))
        && holdsOnly(value, type.getSuperclass(), seen);
  }

  private static boolean isUnmodifiable(Runnable clear) {
    try {
      clear.run();
      return false;
    } catch (UnsupportedOperationException e) {
      return true;
    }
  }

  private static @Nullable Object read(Field field, @Nullable Object owner) {
    try {
      field.setAccessible(true);
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
