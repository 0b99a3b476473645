package io.podidentity.bin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Declares that a field holds an object with more fields that have a {@link Flag}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface FlagGroup {
  /** What stands above them in {@code --help}; empty to list them among the others. */
  String heading() default "";
}
