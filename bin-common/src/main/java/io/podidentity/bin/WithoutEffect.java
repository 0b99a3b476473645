package io.podidentity.bin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a flag that is accepted, because AAD Pod Identity v1 has it, and does nothing. A line in
 * the log names those that were given.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface WithoutEffect {}
