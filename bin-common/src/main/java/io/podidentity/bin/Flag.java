package io.podidentity.bin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that a field holds the value of a flag; its first value is the default. Of the types
 * that {@link GoFlags} reads.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Flag {
  /** The flag's name with two dashes, and others that mean the same. */
  String[] names();

  /** What {@code --help} says of it. */
  String description() default "";

  /** Whether {@code --help} leaves it out. */
  boolean hidden() default false;

  /** Whether {@code --help} tells the default, in a line of its own. */
  boolean showDefault() default true;
}
