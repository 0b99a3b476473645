package io.podidentity.harness.parts;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * On a test class or method: it needs these real parts. It is skipped where one is missing, or
 * fails, if they are required; see {@link RealPart}.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RealPartCondition.class)
public @interface RequiresRealPart {

  /** The parts, all of which are needed. */
  RealPart[] value();
}
