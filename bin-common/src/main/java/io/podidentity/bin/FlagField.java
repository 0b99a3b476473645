package io.podidentity.bin;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A field that holds a flag's value, declared by {@link Flag}.
 *
 * @param owner the object that has the field
 */
record FlagField(Object owner, Field field) {
  private static final Map<Class<?>, Function<String, ?>> READERS =
      Map.of(
          String.class, text -> text,
          boolean.class, GoBoolean::parse,
          int.class, GoInteger::parse,
          double.class, GoFloat::parse,
          Duration.class, GoDuration::parse,
          LogFormat.class, LogFormat::parse);

  /** The fields of an object and of its groups, by the flags' names with their dashes. */
  static Map<String, FlagField> of(Object flags) {
    Map<String, FlagField> fields = new TreeMap<>();
    collect(flags, fields);
    return fields;
  }

  private static void collect(Object owner, Map<String, FlagField> fields) {
    for (Field field : owner.getClass().getDeclaredFields()) {
      Flag flag = field.getAnnotation(Flag.class);
      if (flag != null) {
        field.setAccessible(true);
        for (String name : flag.names()) {
          fields.put(name, new FlagField(owner, field));
        }
      } else if (field.isAnnotationPresent(FlagGroup.class)) {
        collect(valueOf(owner, field), fields);
      }
    }
  }

  /** What the field has now. */
  static Object valueOf(Object owner, Field field) {
    field.setAccessible(true);
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it has now. */
  Object value() {
    return valueOf(owner, field);
  }

  boolean isBoolean() {
    return field.getType() == boolean.class;
  }

  boolean isWithoutEffect() {
    return field.isAnnotationPresent(WithoutEffect.class);
  }

  /**
   * What a text says for this flag.
   *
   * @throws IllegalArgumentException if it says nothing
   */
  Object read(String text) {
    @Nullable Function<String, ?> reader = READERS.get(field.getType());
    if (reader == null) {
      throw new IllegalStateException("no flag can be a " + field.getType());
    }
    return reader.apply(text);
  }

  /** Sets the field to what {@link #read} gave. */
  void set(Object value) {
    try {
      field.set(owner, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
